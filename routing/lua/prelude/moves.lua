-- Prelude, third part: how chats and counsellors come and go.

-- Takes a chat from its counsellor: her place is held by the wrap-up she owes.
local function release(chat, r, s)
  call('ZREM', HELD, r.o .. ':c:' .. chat)
  call('ZADD', HELD, 0, r.o .. ':w:' .. chat)
  call('ZREM', TALKING, r.l .. ':' .. chat)
  local wrap, c = 'wrap:' .. r.o .. ':' .. chat, counsellor_of(r.o)
  local again = call('ZSCORE', DUE, wrap) -- lost, back and with her again: one wrap-up serves both
  due(wrap, s)
  call('ZADD', DUE, wholehour(3600), 'owed:' .. r.o .. ':' .. chat)
  if c then
    if again then c.h = c.h - 1 end
    c.i = call('INCR', TICKETS)
    keep_counsellor(r.o, c)
  end
  wake_lines()
end

-- A chat that is over is none that its return code leads to; one that was stopped leaves no code.
local function forget_chat(r, reason)
  if not r.m then return end
  if reason == 'stopped' then
    call('HDEL', CODES, r.m)
    undue('code:' .. r.m)
  else
    local name = string.match(call('HGET', CODES, r.m) or '', ':(.*)$')
    if name then call('HSET', CODES, r.m, ':' .. name) end
  end
end

-- A place in line that waits for one counsellor for a while, whom others are offered past.
local function prefer(chat, r, name, s)
  r.n = name
  due('prefer:' .. chat, s)
end

-- Ends a chat: out of line, off the desk, a tombstone to the whole hour.
local function finish(chat, r, reason, wrap)
  local name, c
  if r.s == 'w' then
    call('ZREM', WAITING, place(chat, r))
    wake_lines()
  elseif r.s == 'o' then
    name, c = unring(r)
    wake_lines()
  elseif r.s == 't' then
    release(chat, r, wrap)
  end
  undue('held:' .. chat, 'away:' .. chat, 'front:' .. chat, 'linger:' .. chat, 'pass:' .. chat, 'prefer:' .. chat)
  forget_chat(r, reason)
  if r.y ~= '' then call('ZREM', AT, string.match(r.y, '^[^/]*') .. ':' .. chat) end
  call('ZADD', DUE, wholehour(3600), 'tomb:' .. chat)
  project(chat, {l = r.l, s = 'x', r = reason, o = r.o, e = r.e, y = '', v = r.v, wu = r.wu})
  if c then serve_counsellor(name, c) end
end

-- The young person's line is down: the place is kept, not offered.
local function youth_down(chat, r, held, grace)
  call('ZREM', AT, string.match(r.y, '^[^/]*') .. ':' .. chat)
  r.y = ''
  if r.s == 'w' or r.s == 'o' then
    local name, c
    if r.s == 'w' then call('ZREM', WAITING, place(chat, r)) else name, c = unring(r) end
    r.s = 'h'
    due('held:' .. chat, held)
    keep(chat, r)
    wake_lines()
    if c then serve_counsellor(name, c) end
  else
    if r.s == 't' then due('away:' .. chat, grace) end
    keep(chat, r)
  end
end

-- Every chat she holds, by kind (c or w).
local function held_by(name, kind)
  local out, p = {}, name .. ':' .. kind
  for _, m in ipairs(prefix(HELD, p, 0, -1)) do out[#out + 1] = string.sub(m, #p + 2) end
  return out
end

-- The counsellor's line is down: her ring goes back in line, her chats wait for her for the grace time.
local function desk_down(name, c, grace)
  local f = c.f
  c.k = ''
  undue('lease:' .. name)
  due('grace:' .. name, grace)
  keep_counsellor(name, c)
  if f ~= '' then
    local chat = string.match(call('HGET', OFFERS, f), '^r:([^:]*)')
    local r = chat_of(chat)
    unring(r)
    queue(chat, r)
    serve_chat(chat, r)
  end
  for _, chat in ipairs(held_by(name, 'c')) do
    local r = chat_of(chat)
    r.w8 = true
    project(chat, r)
  end
end

-- Her line is back: her chats go on.
local function desk_up(name, c, sock, lease)
  c.k = sock
  undue('grace:' .. name)
  due('lease:' .. name, lease)
  keep_counsellor(name, c)
  for _, chat in ipairs(held_by(name, 'c')) do
    local r = chat_of(chat)
    r.w8 = nil
    r.b = sock
    project(chat, r)
  end
  serve_counsellor(name, c)
end
