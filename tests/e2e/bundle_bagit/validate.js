// SPDX-License-Identifier: Apache-2.0
// node validate.js BAG: exit 0 when bagit-tools finds the bag valid, 1 when not.
require('bagit-tools').verify(process.argv[2], { version: '1.0', test: true }, (err, ok, results) => {
  if (err) {
    console.error(String(err))
    process.exit(4)
  }
  const checks = results.filter((r) => r.type === 'assert')
  checks.filter((r) => !r.ok).forEach((r) => console.log('not ok: ' + r.name))
  console.log(checks.length + ' checks')
  process.exit(ok && checks.length > 5 ? 0 : 1)
})
