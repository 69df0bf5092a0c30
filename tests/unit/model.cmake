foreach(t entry finding)
  shodo_unit(test_${t} LIBS shodo_model shodo_base)
endforeach()
