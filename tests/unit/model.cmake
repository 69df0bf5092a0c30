foreach(t entry finding)
  shodo_unit(test_${t} LIBS shodo_model shodo_base)
endforeach()

# Every allocation of ours fails once; in sanitizer builds, where the libraries are shared and keep theirs.
if(SHODO_SANITIZE)
  shodo_unit(test_nomem LIBS shodo_model shodo_base)
  target_link_options(test_nomem PRIVATE -Wl,--wrap=malloc -Wl,--wrap=calloc -Wl,--wrap=realloc -Wl,--wrap=strdup)
endif()
