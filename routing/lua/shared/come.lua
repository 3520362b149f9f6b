-- A lead comes to a counsellor who calls.
-- ARGV[5] name  [6] who calls
-- Returns {'ok'} or {'none'}: she is no lead at a desk, that one does not call, or another lead comes.
local name, c, calls, who = ARGV[5], counsellor_of(ARGV[5]), ARGV[6], counsellor_of(ARGV[6])
if not c or not c.ld or c.k == '' or calls == name or not who or not who.q then return {'none'} end
if who.qb then return {who.qb == name and 'ok' or 'none'} end
who.qb = name
keep_counsellor(calls, who)
wake_help()
return {'ok'}
