using System.Collections.Concurrent;
using Drcm.Node.Clock;
using Drcm.StateMachine;

namespace Drcm.Node.Datagrams;

/// <summary>When to send over the log's TCP port as well (OWNERSHIP O2): to a peer whose datagrams do not arrive here, and to one that has come to use
/// that path itself, which it does when ours do not arrive there. A healthy network carries each message once.</summary>
internal sealed class SecondPath(TimeSpan silence)
{
    private long _silence = silence.Ticks;

    /// <summary>Without a datagram for so long the peer counts as unheard; a few intervals, far below D.</summary>
    public TimeSpan Silence
    {
        set => Interlocked.Exchange(ref _silence, value.Ticks);
    }

    /// <summary>How long a peer's use of the path is answered in kind: longer than its own decision may flap.</summary>
    private const int EchoSilences = 4;

    private readonly ConcurrentDictionary<NodeId, long> _datagramAt = new();
    private readonly ConcurrentDictionary<NodeId, long> _frameAt = new();

    public void DatagramFrom(NodeId peer) => _datagramAt[peer] = MonotonicClock.Now.Ticks;

    public void FrameFrom(NodeId peer) => _frameAt[peer] = MonotonicClock.Now.Ticks;

    public bool IsWanted(NodeId peer)
    {
        var now = MonotonicClock.Now.Ticks;
        var span = Interlocked.Read(ref _silence);
        return !Within(_datagramAt, peer, now, span) || Within(_frameAt, peer, now, span * EchoSilences);
    }

    private static bool Within(ConcurrentDictionary<NodeId, long> heard, NodeId peer, long now, long span) =>
        heard.TryGetValue(peer, out var at) && now - at <= span;
}
