foreach(t status buf cur text text_show iconv json value time hash io deflate)
  shodo_unit(test_${t} LIBS shodo_base)
endforeach()
