shodo_unit(test_case_journal LIBS shodo_case)
shodo_unit(test_case_faults LIBS shodo_case)
shodo_unit(test_case_fold LIBS shodo_case)
shodo_unit(test_case_playbook LIBS shodo_case)
