# Tests of toolkit/src/examine/readers. Real hives are unpacked once into the build directory.
set(SHODO_READERS_DATA ${CMAKE_CURRENT_BINARY_DIR}/readers_data)
add_test(NAME readers_data COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/test_reader_data.sh
  ${PROJECT_SOURCE_DIR}/../shared/testdata ${SHODO_READERS_DATA})
set_tests_properties(readers_data PROPERTIES FIXTURES_SETUP readers_data)

function(shodo_reader_unit name)
  shodo_unit(${name} LIBS shodo_examine shodo_evidence shodo_model shodo_base)
  target_compile_definitions(${name} PRIVATE SHODO_READERS_DATA="${SHODO_READERS_DATA}")
  set_tests_properties(${name} PROPERTIES FIXTURES_REQUIRED readers_data)
endfunction()

shodo_reader_unit(test_reader_regf)
# hivex is the oracle; shared, as in a full system it finds its character sets
find_library(SHODO_HIVEX NAMES libhivex.so libhivex.so.0)
find_path(SHODO_HIVEX_INCLUDE hivex.h)
if(SHODO_HIVEX AND SHODO_HIVEX_INCLUDE)
  target_link_libraries(test_reader_regf PRIVATE ${SHODO_HIVEX})
  target_compile_definitions(test_reader_regf PRIVATE SHODO_HAS_HIVEX=1)
else()
  message(STATUS "libhivex-dev is not here: test_reader_regf compares with no oracle")
endif()
shodo_reader_unit(test_reader_evtx)
shodo_reader_unit(test_reader_usn)
shodo_reader_unit(test_reader_prefetch)
shodo_reader_unit(test_reader_text)
shodo_reader_unit(test_reader_damage)
shodo_reader_unit(test_reader_traces)
