foreach(t status buf cur text text_show iconv json value time hash io deflate)
  shodo_unit(test_${t} LIBS shodo_base)
endforeach()
target_link_options(test_io PRIVATE -Wl,--wrap=renameat2)

# base/ in a static program: empty root, empty environment, system-call filter.
if(NOT SHODO_SANITIZE AND NOT SHODO_FUZZ)
  shodo_program(static_base SOURCES ${PROJECT_SOURCE_DIR}/tests/unit/static_base.c LIBS shodo_base)
  add_test(NAME static_base COMMAND ${PROJECT_SOURCE_DIR}/tests/unit/static_base.sh $<TARGET_FILE:static_base>)
  set_tests_properties(static_base PROPERTIES SKIP_RETURN_CODE 77)
endif()
