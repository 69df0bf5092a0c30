# Tests of toolkit/src/evidence. Real volumes are unpacked once into the build directory.
set(SHODO_EVIDENCE_DATA ${CMAKE_CURRENT_BINARY_DIR}/evidence_data)
add_test(NAME evidence_data COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/evidence_data.sh
  ${PROJECT_SOURCE_DIR}/../shared/testdata ${SHODO_EVIDENCE_DATA})
set_tests_properties(evidence_data PROPERTIES FIXTURES_SETUP evidence_data)

function(shodo_evidence_unit name)
  shodo_unit(${name} SOURCES evidence_lib.c ${ARGN} LIBS shodo_evidence shodo_model shodo_base)
  target_compile_definitions(${name} PRIVATE SHODO_EVIDENCE_DATA="${SHODO_EVIDENCE_DATA}")
  set_tests_properties(${name} PROPERTIES FIXTURES_REQUIRED evidence_data)
endfunction()

shodo_evidence_unit(test_evidence_ntfs)
shodo_evidence_unit(test_evidence_source ../lib/source_fault.c)
shodo_evidence_unit(test_evidence_volume ../lib/source_fault.c)
shodo_evidence_unit(test_evidence_lznt1)
shodo_evidence_unit(test_evidence_hostile evidence_maker.c ../lib/source_fault.c)
shodo_evidence_unit(test_evidence_faults evidence_maker.c ../lib/source_fault.c)
shodo_evidence_unit(test_evidence_tree)
# libwim is the oracle; shared, so that its libxml2 and ntfs-3g stay out
find_library(SHODO_WIM NAMES libwim.so libwim.so.15)
if(SHODO_WIM)
  shodo_evidence_unit(test_evidence_wof)
  target_link_libraries(test_evidence_wof PRIVATE ${SHODO_WIM})
else()
  message(STATUS "libwim-dev is not here: test_evidence_wof is left out")
endif()
shodo_evidence_unit(test_evidence_bitlocker)
