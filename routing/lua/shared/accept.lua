-- A counsellor accepts what rings at her desk: a new epoch, hers.
-- ARGV[5] name  [6] offer  [7] her key  [8] how many waits to remember
-- Returns {'ok', chat, waited in s, line, changed...}, {'moved', chat, changed...} for a handover, {'again', chat} for the
-- same offer and key, or {'none'}.
local name, c = ARGV[5], counsellor_of(ARGV[5])
local state, chat, whose = string.match(call('HGET', OFFERS, ARGV[6]) or '', '^(.):([^:]*):(.*)$')
if not c or whose ~= name then return {'none'} end
local r = chat_of(chat)
if state == 'a' then
  if r and r.s == 't' and r.o == name and r.q == ARGV[7] then return {'again', chat} end
  return {'none'}
end
if r.of then
  local leg, main = chat, chat_of(r.of)
  chat = r.of
  local before, first = main.o, counsellor_of(main.o)
  undue('ring:' .. ARGV[6], 'leg:' .. leg)
  call('HDEL', CHATS, leg)
  call('HSET', OFFERS, ARGV[6], 'a:' .. chat .. ':' .. name)
  due('offer:' .. ARGV[6], 300)
  call('ZREM', HELD, before .. ':c:' .. chat)
  call('ZADD', HELD, 0, name .. ':c:' .. chat)
  call('ZREM', TALKING, main.l .. ':' .. chat)
  call('ZADD', TALKING, 0, r.l .. ':' .. chat)
  if main.m and call('HEXISTS', CODES, main.m) == 1 then call('HSET', CODES, main.m, chat .. ':' .. name) end
  if main.l ~= r.l then main.fl = main.fl or main.l end
  main.ho, main.hl = nil, {leg, 'moved', main.v + 1, main.l}
  begin_epoch(main)
  main.l, main.g, main.w, main.o, main.q, main.b, main.w8 = r.l, r.g, r.w, name, ARGV[7], c.k, nil
  project(chat, main)
  c.f, c.i = '', call('INCR', TICKETS)
  keep_counsellor(name, c)
  if first then
    first.h, first.i = first.h - 1, call('INCR', TICKETS)
    keep_counsellor(before, first)
    serve_counsellor(before, first)
  end
  serve_counsellor(name, c)
  wake_lines()
  return {'moved', chat, unpack(changed)}
end
local waited = now - r.a
undue('ring:' .. ARGV[6], 'pass:' .. chat)
if r.n then unprefer(chat, r) end
if r.m and call('HEXISTS', CODES, r.m) == 1 then call('HSET', CODES, r.m, chat .. ':' .. name) end
call('HSET', OFFERS, ARGV[6], 'a:' .. chat .. ':' .. name)
due('offer:' .. ARGV[6], 300)
call('ZADD', HELD, 0, name .. ':c:' .. chat)
call('ZADD', TALKING, 0, r.l .. ':' .. chat)
if r.ah then
  local waits = {waited .. ':' .. r.ah}
  for x in string.gmatch(call('HGET', WAITS, r.l) or '', '[^,]+') do
    if #waits < tonumber(ARGV[8]) then waits[#waits + 1] = x end
  end
  call('HSET', WAITS, r.l, table.concat(waits, ','))
end
begin_epoch(r)
project(chat, {
  l = r.l, g = r.g, t = r.t, c = r.c, u = r.u, y = r.y, w = r.w, k = r.k, v = r.v, m = r.m,
  z = r.z, s = 't', e = r.e, lf = r.lf, o = name, q = ARGV[7], b = c.k, wu = r.wu, fl = r.fl,
})
c.f, c.i = '', call('INCR', TICKETS)
keep_counsellor(name, c)
serve_counsellor(name, c)
wake_lines()
return {'ok', chat, waited, r.l, unpack(changed)}
