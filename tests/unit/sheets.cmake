# Tests of the sheets of toolkit/src/handover.
foreach(t test_sheet_date test_sheet_mask test_sheet_data)
  shodo_unit(${t} LIBS shodo_handover)
  target_compile_definitions(${t} PRIVATE SHODO_RULES="${PROJECT_SOURCE_DIR}/rules")
  if(TARGET shodo_stubs) # static archives: libarchive's xar writer would pull in libxml2
    target_sources(${t} PRIVATE $<TARGET_OBJECTS:shodo_stubs>)
  endif()
endforeach()
# Writes records for tests/e2e/sheets.
shodo_program(sheets_tool SOURCES ${CMAKE_CURRENT_LIST_DIR}/../e2e/sheets_tool.c LIBS shodo_case)
