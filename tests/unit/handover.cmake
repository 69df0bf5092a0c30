# Makes and opens bundles for tests/e2e/bundle*.
add_executable(bundle_tool ${CMAKE_CURRENT_LIST_DIR}/../e2e/bundle_tool.c)
target_link_libraries(bundle_tool PRIVATE shodo_settings shodo_handover)
add_test(NAME e2e_bundle COMMAND ${CMAKE_CURRENT_LIST_DIR}/../e2e/bundle $<TARGET_FILE:bundle_tool>)
add_test(NAME e2e_bundle_tamper COMMAND ${CMAKE_CURRENT_LIST_DIR}/../e2e/bundle_tamper $<TARGET_FILE:bundle_tool>)
set_tests_properties(e2e_bundle e2e_bundle_tamper PROPERTIES TIMEOUT 900
  ENVIRONMENT "SHODO_BAGIT_DIR=${CMAKE_CURRENT_BINARY_DIR}/bagit-check")
