-- Falls due: a counsellor did not return. Her chats go to the front at their old ticket; she is off duty.
-- ARGV[5] name  [6] time a place in line is held in s
-- Returns {'ok', changed...} or {'none'}. What is not offered here for want of fresh ids, match offers.
local name, c = ARGV[5], counsellor_of(ARGV[5])
if not fallen('grace:' .. name) then return {'none'} end
undue('grace:' .. name)
if not c or c.k ~= '' then return {'none'} end
c.s = 'rest'
keep_counsellor(name, c)
call('HDEL', COUNSELLORS, name)
for _, chat in ipairs(held_by(name, 'c')) do
  local r = chat_of(chat)
  call('ZREM', HELD, name .. ':c:' .. chat)
  call('ZREM', TALKING, r.l .. ':' .. chat)
  r.c, r.a, r.o, r.x, r.w8 = 0, now, nil, nil, nil
  if r.y == '' then
    r.s = 'h'
    undue('away:' .. chat)
    due('held:' .. chat, tonumber(ARGV[6]))
    project(chat, r)
  else
    r.s = 'w'
    project(chat, r)
    queue(chat, r)
    serve_chat(chat, r)
  end
end
wake_lines()
return {'ok', unpack(changed)}
