shodo_fuzz(journal LIBS shodo_case)
