shodo_unit(test_handover_names LIBS shodo_handover)
shodo_unit(test_handover_zip LIBS shodo_handover)
shodo_unit(test_handover_alloc LIBS shodo_handover)
target_link_options(test_handover_alloc PRIVATE -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=reallocarray)
if(TARGET shodo_stubs) # static archives: libarchive's xar writer would pull in libxml2
  foreach(t test_handover_names test_handover_zip test_handover_alloc)
    target_sources(${t} PRIVATE $<TARGET_OBJECTS:shodo_stubs>)
  endforeach()
endif()
# Makes and opens bundles for tests/e2e/bundle*.
shodo_program(bundle_tool SOURCES ${CMAKE_CURRENT_LIST_DIR}/../e2e/bundle_tool.c LIBS shodo_handover)
add_test(NAME e2e_bundle COMMAND ${CMAKE_CURRENT_LIST_DIR}/../e2e/bundle $<TARGET_FILE:bundle_tool>)
add_test(NAME e2e_bundle_tamper COMMAND ${CMAKE_CURRENT_LIST_DIR}/../e2e/bundle_tamper $<TARGET_FILE:bundle_tool>)
set_tests_properties(e2e_bundle e2e_bundle_tamper PROPERTIES TIMEOUT 900
  ENVIRONMENT "SHODO_BAGIT_DIR=${CMAKE_CURRENT_BINARY_DIR}/bagit-check")
