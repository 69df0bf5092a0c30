shodo_fuzz(lines LIBS shodo_model shodo_base)
shodo_fuzz(entry LIBS shodo_model shodo_base)
