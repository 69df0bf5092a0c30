# Tests of toolkit/src/engine.
shodo_unit(test_engine_budget LIBS shodo_engine)
shodo_unit(test_engine_message LIBS shodo_engine)
shodo_unit(test_engine_store LIBS shodo_engine)

# A whole run with examiners that misbehave. Static and sandboxed in release builds: tests/e2e/sandbox runs that one.
if(SHODO_SANITIZE)
  add_executable(engine_run ${CMAKE_CURRENT_LIST_DIR}/engine_run.c)
  set_target_properties(engine_run PROPERTIES C_EXTENSIONS OFF)
  target_link_libraries(engine_run PRIVATE shodo_settings shodo_engine)
else()
  shodo_program(engine_run SOURCES ${CMAKE_CURRENT_LIST_DIR}/engine_run.c LIBS shodo_engine)
endif()
add_test(NAME engine_run COMMAND ${CMAKE_CURRENT_LIST_DIR}/engine_run.sh $<TARGET_FILE:engine_run>)
set_tests_properties(engine_run PROPERTIES TIMEOUT 300)
