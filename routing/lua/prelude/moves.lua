-- Prelude, fourth part: how chats and counsellors come and go.
--
-- A handover is asked for in the chat's record: ho = {i = offer, l = line, n = name or nil, m = id of the slip or nil,
-- y = true once the young person said yes}. What came of the last one is hl = {offer, result, the version that says so,
-- the line it was asked from, '' of a place in line}. Once they said yes it waits in line as a record of its own, the leg,
-- under the offer's id: of is its chat, fr who hands over. A leg is offered like any place; the chat stays as it is until
-- it is accepted.

-- The line of hers that a colleague is asked on: the chat's own where she answers it, else the first that is open.
local function line_with(name, own, open)
  local c, out = counsellor_of(name), nil
  for _, l in ipairs(c and c.L or {}) do
    if l == own then return l end
    for _, o in ipairs(open) do out = out or o == l and l end
  end
  return out
end

-- Is there anybody on duty for a line that is open, beside her who asks, and is it the one who is named?
local function someone_at(line, asks, name, open)
  if name then return name ~= asks and call('ZSCORE', DUTY, line .. ':' .. name) ~= false end -- talks go on past closing
  local is = false
  for _, o in ipairs(open) do is = is or o == line end
  if not is then return false end
  for _, m in ipairs(prefix(DUTY, line, 0, 2)) do
    if m ~= line .. ':' .. asks then return true end
  end
  return false
end

-- The language to go on in there: the chat's own where it is spoken, else the first.
local function lang_at(line, name, own, langs)
  local c = name and counsellor_of(name)
  langs = c and c.G or langs
  for _, g in ipairs(langs) do
    if g == own then return g end
  end
  return langs[1]
end

-- Asks the young person whether they want to go to a line, or to a counsellor of it.
local function propose(chat, r, offer, line, name, slip)
  r.ho = {i = offer, l = line, n = name, m = slip}
  project(chat, r)
end

-- Asks somebody in line whether they want to wait at another one; overflow.lua takes the question back after s.
local function ask_over(chat, r, offer, line, s)
  propose(chat, r, offer, line)
  call('ZADD', ASKED, now + s + 1, line .. ':' .. r.g .. ':' .. chat .. ':' .. offer)
end

-- Is somebody in line asked nothing for a while, since they did not answer?
local function let_be(r) return r.na ~= nil and r.na > now end

-- Somebody in line is asked about a line once; the caller keeps them.
local function asked_once(r, line)
  r.no = r.no or {}
  r.no[line] = true
end

-- A transition that is run again, since its answer was lost, changes nothing; what it changed, and the chat may not have
-- learned, goes along once more.
local function retell(chat, r)
  if r.s == 'd' or not call('ZSCORE', DUE, 'apply:' .. chat) then return end
  local again = cjson.decode(cjson.encode(r))
  if again.hl then again.hl[3] = -1 end -- counted the first time
  changed[#changed + 1] = chat
  changed[#changed + 1] = cjson.encode(again)
end

-- Takes a leg out of line, or away from her it rings at, whom it returns.
local function pull(leg, g)
  if g.s == 'w' then
    call('ZREM', WAITING, place(leg, g))
    wake_lines()
  elseif g.s == 'o' then
    local name, c = unring(g)
    wake_lines()
    return name, c
  end
end

-- Takes the leg of a chat out of line, or away from her it rings at, whom it returns; it is kept for who comes back.
local function let_go(r)
  local g = r.ho and r.ho.y and chat_of(r.ho.i)
  if not g then return end
  local name, c = pull(r.ho.i, g)
  g.s = 'h'
  keep(r.ho.i, g)
  return name, c
end

-- What was asked is asked no more; the caller projects. A leg is no more either, and she at whom it rang gets the next.
local function unpropose(r, result)
  local h = r.ho
  if not h then return end
  r.ho, r.hl = nil, {h.i, result, r.v + 1, r.s == 't' and r.l or ''}
  local g = h.y and chat_of(h.i)
  if not g then return end
  local name, c = pull(h.i, g)
  undue('leg:' .. h.i, 'pass:' .. h.i)
  call('HDEL', CHATS, h.i)
  if c then serve_counsellor(name, c) end
end

-- Nobody took a handover: the first counsellor goes on.
local function give_back(g)
  local r = chat_of(g.of)
  unpropose(r, 'nobody')
  project(g.of, r)
end

-- What rings at a counsellor no more: back in line at its old ticket, or a handover back to who asked for it.
local function unrung(chat, r)
  if r.of then
    r.s = 'h'
    keep(chat, r)
    give_back(r)
  else
    queue(chat, r)
    serve_chat(chat, r)
  end
end

-- What rings at a desk rings there no more; offer is '' for nothing. The caller keeps the counsellor before, and reads her
-- again to go on with her.
local function unring_desk(offer)
  if offer == '' then return end
  local chat = string.match(call('HGET', OFFERS, offer), '^r:([^:]*)')
  local r = chat_of(chat)
  unring(r)
  unrung(chat, r)
end

-- She is offered nothing more, and what rings at her is taken away.
local function to_rest(name, c)
  local f = c.f
  c.s = 'rest'
  no_breaks(name, c)
  keep_counsellor(name, c)
  unring_desk(f)
end

-- Takes a chat from its counsellor: her place is held by the wrap-up she owes. Returns her where that leaves her a place
-- more, to be served when all else is written.
local function release(chat, r, s)
  unpropose(r, 'nobody')
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
  if c and again then return r.o, c end
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
  r.n, r.an = name, nil
  due('prefer:' .. chat, s)
  call('ZADD', KEPT, now + s + 1, chat)
end

-- It waits for her no longer; the caller keeps it.
local function unprefer(chat, r)
  r.n = nil
  undue('prefer:' .. chat)
  call('ZREM', KEPT, chat)
end

-- And is anybody's, at its ticket.
local function anybodys(chat, r)
  unprefer(chat, r)
  keep(chat, r)
  if r.s == 'w' then serve_chat(chat, r) end
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
  elseif r.s == 'h' then
    call('ZREM', DOWN, place(chat, r))
  elseif r.s == 't' then
    name, c = release(chat, r, wrap)
  end
  undue('held:' .. chat, 'away:' .. chat, 'front:' .. chat, 'linger:' .. chat, 'pass:' .. chat)
  if r.n then unprefer(chat, r) end
  forget_chat(r, reason)
  if r.y ~= '' then call('ZREM', AT, string.match(r.y, '^[^/]*') .. ':' .. chat) end
  call('ZADD', DUE, wholehour(3600), 'tomb:' .. chat)
  project(chat, {l = r.l, z = r.z, s = 'x', r = reason, o = r.o, e = r.e, y = '', v = r.v, wu = r.wu, fl = r.fl})
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
    call('ZADD', DOWN, 0, place(chat, r))
    due('held:' .. chat, held)
    keep(chat, r)
    wake_lines()
    if c then serve_counsellor(name, c) end
  else
    local name, c = let_go(r) -- nobody is rung for somebody who is not there
    if r.s == 't' then due('away:' .. chat, grace) end
    keep(chat, r)
    if c then serve_counsellor(name, c) end
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
  if c.ld then lead_at(name, false) end
  unring_desk(f)
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
  if c.ld then lead_at(name, true) end
  for _, chat in ipairs(held_by(name, 'c')) do
    local r = chat_of(chat)
    r.w8 = nil
    r.b = sock
    project(chat, r)
  end
  serve_counsellor(name, c)
end
