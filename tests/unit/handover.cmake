# Makes and opens bundles for tests/e2e/bundle*.
add_executable(bundle_tool ${CMAKE_CURRENT_LIST_DIR}/../e2e/bundle_tool.c)
target_link_libraries(bundle_tool PRIVATE shodo_settings shodo_handover)
