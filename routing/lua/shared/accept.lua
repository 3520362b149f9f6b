-- A counsellor accepts what rings at her desk: a new epoch, hers.
-- ARGV[5] name  [6] offer  [7] her key  [8] how many waits to remember
-- Returns {'ok', chat, waited in s, line, changed...}, {'again', chat} for the same offer and key, or {'none'}.
local name, c = ARGV[5], counsellor_of(ARGV[5])
local state, chat, whose = string.match(call('HGET', OFFERS, ARGV[6]) or '', '^(.):([^:]*):(.*)$')
if not c or whose ~= name then return {'none'} end
local r = chat_of(chat)
if state == 'a' then
  if r and r.s == 't' and r.o == name and r.q == ARGV[7] then return {'again', chat} end
  return {'none'}
end
local waited = now - r.a
undue('ring:' .. ARGV[6], 'pass:' .. chat, 'prefer:' .. chat)
if r.m and call('HEXISTS', CODES, r.m) == 1 then call('HSET', CODES, r.m, chat .. ':' .. name) end
call('HSET', OFFERS, ARGV[6], 'a:' .. chat .. ':' .. name)
due('offer:' .. ARGV[6], 300)
call('ZADD', HELD, 0, name .. ':c:' .. chat)
call('ZADD', TALKING, 0, r.l .. ':' .. chat)
local waits = {tostring(waited)}
for x in string.gmatch(call('HGET', WAITS, r.l) or '', '[^,]+') do
  if #waits < tonumber(ARGV[8]) then waits[#waits + 1] = x end
end
call('HSET', WAITS, r.l, table.concat(waits, ','))
project(chat, {
  l = r.l, g = r.g, t = r.t, c = r.c, u = r.u, y = r.y, w = r.w, k = r.k, v = r.v, m = r.m,
  s = 't', e = r.e + 1, o = name, q = ARGV[7], b = c.k, wu = r.wu,
})
c.f, c.i = '', call('INCR', TICKETS)
keep_counsellor(name, c)
serve_counsellor(name, c)
wake_lines()
return {'ok', chat, waited, r.l, unpack(changed)}
