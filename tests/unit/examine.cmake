# Tests of toolkit/src/examine.
set(SHODO_EXAMINE_DATA ${CMAKE_CURRENT_BINARY_DIR}/examine_data)
function(shodo_examine_unit name)
  shodo_unit(${name} SOURCES examine_lib.c LIBS shodo_examine shodo_evidence shodo_model shodo_base)
  target_compile_definitions(${name} PRIVATE SHODO_EXAMINE_DATA="${SHODO_EXAMINE_DATA}")
  set_tests_properties(${name} PROPERTIES RESOURCE_LOCK examine_data)
endfunction()

shodo_examine_unit(test_examine_split)
shodo_examine_unit(test_examine_content)
shodo_examine_unit(test_examine_artifact)
shodo_examine_unit(test_examine_phase)
shodo_examine_unit(test_examine_scan)
shodo_examine_unit(test_examine_parity)
