# Tests of toolkit/src/examine/answers and of the exports.
shodo_unit(test_answers_crypt LIBS shodo_examine shodo_model shodo_base)
shodo_unit(test_answers_lines LIBS shodo_examine shodo_model shodo_base)
shodo_unit(test_answers_export LIBS shodo_handover shodo_model shodo_base)
