# One row a script. LONG = only in tests/run --all.
shodo_script(lint_layers lint/layers)
shodo_script(lint_headers lint/headers)
shodo_script(lint_banned lint/banned)
shodo_script(lint_words lint/words)
shodo_script(lint_static lint/static)
shodo_script(lint_format lint/format)
shodo_script(data_check data/check)
shodo_script(rules_yara data/yara/check)
