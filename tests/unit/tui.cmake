shodo_unit(test_case_site LIBS shodo_case)
set(SHODO_TUI_TOP ${PROJECT_SOURCE_DIR}/tui)
shodo_unit(test_tui_parts SOURCES ${SHODO_TUI_TOP}/kana.c ${SHODO_TUI_TOP}/csv.c ${SHODO_TUI_TOP}/held.c ${SHODO_TUI_TOP}/progress.c ${SHODO_TUI_TOP}/reading.c
  ${SHODO_TUI_TOP}/recovery_key.c ${SHODO_TUI_TOP}/canvas.c LIBS shodo_case shodo_base)
target_include_directories(test_tui_parts PRIVATE ${SHODO_TUI_TOP})
shodo_unit(test_tui_prepare SOURCES ${SHODO_TUI_TOP}/casename.c ${SHODO_TUI_TOP}/cases.c ${SHODO_TUI_TOP}/csv.c ${SHODO_TUI_TOP}/held.c ${SHODO_TUI_TOP}/image_info.c ${SHODO_TUI_TOP}/mask.c ${SHODO_TUI_TOP}/site_file.c
  LIBS shodo_case shodo_base)
target_include_directories(test_tui_prepare PRIVATE ${SHODO_TUI_TOP})
