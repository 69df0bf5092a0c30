foreach(target artifact_glob yara_split identify)
  shodo_fuzz(${target} LIBS shodo_examine shodo_evidence shodo_model shodo_base)
endforeach()
