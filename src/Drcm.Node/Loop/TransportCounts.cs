using Drcm.StateMachine.KeepAlive;

namespace Drcm.Node.Loop;

/// <summary>Datagrams and peer frames that were turned away before the core saw them. Thread-safe.</summary>
internal sealed class TransportCounts
{
    private readonly long[] _rejected = new long[Enum.GetValues<RejectReason>().Length];
    private long _dropped;

    public void Reject(RejectReason reason) => Interlocked.Increment(ref _rejected[(int)reason]);

    public void Drop() => Interlocked.Increment(ref _dropped);

    public long Dropped => Interlocked.Read(ref _dropped);

    public IEnumerable<(RejectReason Reason, long Count)> Rejected() =>
        Enum.GetValues<RejectReason>().Select(r => (r, Interlocked.Read(ref _rejected[(int)r])));
}
