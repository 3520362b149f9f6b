package frame

// Append appends the frame as a client sends it: what the type needs always, what it may have where it is not
// zero. Parse of the result gives the same frame.
func (f *Youth) Append(dst []byte) []byte { return f.append(dst, youthShapes[f.T]) }

// Append appends the frame as a client sends it: what the type needs always, what it may have where it is not
// zero. Parse of the result gives the same frame.
func (f *Desk) Append(dst []byte) []byte { return f.append(dst, deskShapes[f.T]) }

func (f *Inbound) append(dst []byte, sh shape) []byte {
	dst = open(dst, f.T)
	for k := kT + 1; k < keys; k++ {
		switch {
		case sh.need.has(k):
			dst = f.member(dst, k)
		case sh.may.has(k) && f.holds(k):
			dst = f.member(dst, k)
		}
	}
	return append(dst, '}')
}

// holds reports whether an optional field was given.
func (f *Inbound) holds(k key) bool {
	if p := f.text(k); p != "" {
		return true
	}
	return k == kUrgent && f.Urgent || k == kHistory && f.History || k == kHeavy && f.Heavy || k == kForS && f.ForS > 0
}

// text is the value of a field that is a string, other than IV and CT.
func (f *Inbound) text(k key) string {
	switch k {
	case kChat:
		return f.Chat
	case kID:
		return f.ID
	case kTag:
		return f.Tag
	case kLine:
		return f.Line
	case kPK:
		return f.PK
	case kLang:
		return f.Lang
	case kTopic:
		return f.Topic
	case kCampaign:
		return f.Campaign
	case kChannel:
		return f.Channel
	case kReturn:
		return f.Return
	case kToken:
		return f.Token
	case kOffer:
		return f.Offer
	case kTicket:
		return f.Ticket
	case kName:
		return f.ToName
	case kReason:
		return f.Reason
	case kKind:
		return f.Kind
	case kOutcome:
		return f.Outcome
	case kReferral:
		return f.Referral
	case kSlip:
		return f.Slip
	}
	return ""
}

func (f *Inbound) member(dst []byte, k key) []byte {
	name := keyNames[k]
	switch k {
	case kE:
		return memberInt(dst, name, int64(f.E))
	case kN:
		return memberInt(dst, name, f.N)
	case kK:
		return memberInt(dst, name, int64(f.K))
	case kSeq:
		return memberInt(dst, name, f.Seq)
	case kAfter:
		return memberInt(dst, name, f.After)
	case kCapacity:
		return memberInt(dst, name, int64(f.Capacity))
	case kForS:
		return memberInt(dst, name, int64(f.ForS))
	case kUrgent:
		return memberBool(dst, name, f.Urgent)
	case kOn:
		return memberBool(dst, name, f.On)
	case kYes:
		return memberBool(dst, name, f.Yes)
	case kHistory:
		return memberBool(dst, name, f.History)
	case kParent:
		return memberBool(dst, name, f.Parent)
	case kHeavy:
		return memberBool(dst, name, f.Heavy)
	case kIV:
		return append(append(append(member(dst, name), '"'), f.IV...), '"')
	case kCT:
		return append(append(append(member(dst, name), '"'), f.CT...), '"')
	case kTo:
		dst = append(member(dst, name), '{')
		if f.ToLine != "" {
			dst = appendString(append(dst, `"line":`...), f.ToLine)
		} else {
			dst = appendString(append(dst, `"name":`...), f.ToName)
		}
		return append(dst, '}')
	}
	return memberString(dst, name, f.text(k))
}
