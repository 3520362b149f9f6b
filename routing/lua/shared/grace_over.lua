-- Falls due: a counsellor did not return. Her chats go to the front at their old ticket; she is off duty.
-- ARGV[5] name  [6] time a place in line is held in s
-- Returns {'ok', changed...} or {'none'}. What is not offered here for want of fresh ids, match offers.
local name, c = ARGV[5], counsellor_of(ARGV[5])
if not fallen('grace:' .. name) then return {'none'} end
undue('grace:' .. name)
if not c or c.k ~= '' then return {'none'} end
c.s = 'rest'
no_breaks(name, c)
hush(name, c)
keep_counsellor(name, c)
call('HDEL', COUNSELLORS, name)
if c.ld then comes_not(name) end
local hers = held_by(name, 'c')
local tickets, freed = {}, {}
for _, chat in ipairs(hers) do tickets[chat] = chat_of(chat).t end
table.sort(hers, function(a, b) return tickets[a] < tickets[b] end) -- the oldest is offered first; nobody before all are in line
for _, chat in ipairs(hers) do
  local r = chat_of(chat)
  call('ZREM', HELD, name .. ':c:' .. chat)
  call('ZREM', TALKING, r.l .. ':' .. chat)
  local to = r.ho and r.ho.y and not r.ho.n and chat_of(r.ho.i)
  freed[#freed + 1] = let_go(r)
  unpropose(r, 'nobody')
  if to and count(DUTY, to.l) > 0 then r.l, r.g, r.w = to.l, to.g, to.w end -- they said yes to going there
  r.c, r.a, r.o, r.x, r.w8 = 0, now, nil, nil, nil
  if r.y == '' then
    r.s = 'h'
    call('ZADD', DOWN, 0, place(chat, r))
    undue('away:' .. chat)
    due('held:' .. chat, tonumber(ARGV[6]))
    project(chat, r)
  else
    r.s = 'w'
    project(chat, r)
    queue(chat, r)
  end
end
for _, n in ipairs(freed) do serve_counsellor(n, counsellor_of(n)) end
for _, chat in ipairs(hers) do
  local r = chat_of(chat)
  if r.s == 'w' then serve_chat(chat, r) end
end
wake_lines()
return {'ok', unpack(changed)}
