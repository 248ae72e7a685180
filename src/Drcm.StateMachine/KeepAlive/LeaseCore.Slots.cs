using System.Collections.Immutable;
using System.Text;

namespace Drcm.StateMachine.KeepAlive;

/// <summary>A report of very many slots is cut to what a datagram holds: those in motion first, the others in turn.</summary>
public sealed partial class LeaseCore
{
    /// <summary>Leaves room below <see cref="MessageCodec.BytesMax"/> for the head and for the expiries of <see cref="Limits.NodesMax"/> nodes.</summary>
    private const int SlotBytesMax = 40_000;

    /// <summary>Array header, kind, token, phase, failures and the heads of three texts, at most.</summary>
    private const int SlotHeadBytes = 40;

    private int _slotTurn;

    private ImmutableArray<SlotReport> NextSlots()
    {
        var all = _report.Slots;
        if (all.Sum(Bytes) <= SlotBytesMax) return all;
        var moving = all.Where(s => s.Phase != RunPhase.Started).ToArray();
        var resting = all.Where(s => s.Phase == RunPhase.Started).ToArray();
        var (slots, left) = (ImmutableArray.CreateBuilder<SlotReport>(), SlotBytesMax);
        Fill(moving);
        var taken = Fill(resting);
        _slotTurn += Math.Max(1, Math.Max(taken, slots.Count));
        return slots.ToImmutable();

        int Fill(SlotReport[] from)
        {
            for (var i = 0; i < from.Length; i++)
            {
                var slot = from[(int)(((uint)_slotTurn + (uint)i) % (uint)from.Length)];
                left -= Bytes(slot);
                if (left < 0) return i;
                slots.Add(slot);
            }
            return from.Length;
        }
    }

    private static int Bytes(SlotReport slot) =>
        SlotHeadBytes + Encoding.UTF8.GetByteCount(slot.Slot.Resource.Nickname)
        + Encoding.UTF8.GetByteCount(slot.Slot.Home.Value) + Encoding.UTF8.GetByteCount(slot.Detail);
}
