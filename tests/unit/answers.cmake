# Tests of toolkit/src/examine/answers and of the exports.
shodo_unit(test_answers_crypt LIBS shodo_examine shodo_model shodo_base)
add_test(NAME test_answers_crypt_data COMMAND /usr/bin/python3 ${PROJECT_SOURCE_DIR}/tests/lib/classes.py ${CMAKE_CURRENT_BINARY_DIR}/classes 204)
set_tests_properties(test_answers_crypt_data PROPERTIES FIXTURES_SETUP answers_classes TIMEOUT 900)
set_tests_properties(test_answers_crypt PROPERTIES FIXTURES_REQUIRED answers_classes TIMEOUT 900
  ENVIRONMENT "CMOCKA_MESSAGE_OUTPUT=stdout;SHODO_TEST_CLASSES=${CMAKE_CURRENT_BINARY_DIR}/classes")
shodo_unit(test_answers_lines LIBS shodo_examine shodo_model shodo_base)
shodo_unit(test_answers_export LIBS shodo_handover shodo_model shodo_base)
shodo_unit(test_answers_traces LIBS shodo_examine shodo_model shodo_base)
