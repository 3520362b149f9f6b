-- A counsellor calls for the lead on duty, or takes that back. Nothing of a chat is in it.
-- ARGV[5] name  [6] on 0|1  [7] on which line or ''  [8] how long a call stands in s
-- Returns {'ok'} or {'none'}: she is not at a desk, or the line is not hers.
local name, c, line = ARGV[5], counsellor_of(ARGV[5]), ARGV[7] ~= '' and ARGV[7] or nil
if not c or c.k == '' or line and not on_line(c, line) then return {'none'} end
if ARGV[6] == '0' and not c.q or ARGV[6] == '1' and c.q and c.ql == line then return {'ok'} end
if ARGV[6] == '0' then
  hush(name, c)
else
  if not c.q then
    c.q = call('INCR', TICKETS)
    due('call:' .. name, tonumber(ARGV[8]))
    call('ZADD', HELP, 0, 'c:' .. name)
  end
  c.ql = line
  wake_help()
end
keep_counsellor(name, c)
return {'ok'}
