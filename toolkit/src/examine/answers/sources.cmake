# Sources of toolkit/src/examine/answers, for toolkit/src/examine/CMakeLists.txt.
set(answer_sources
  answers/census.c
  answers/census_facts.c
  answers/collect.c
  answers/crypt.c
  answers/detect.c
  answers/events.c
  answers/extent.c
  answers/hit.c
  answers/intern.c
  answers/lines.c
  answers/reach.c
  answers/when.c
  answers/write.c
)
