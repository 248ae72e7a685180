using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Solo;

namespace Drcm.StateMachine.KeepAlive;

/// <summary>Which history this node lives in, and what it makes of messages from another one (T5).</summary>
public sealed partial class LeaseCore
{
    private bool _isSuspended;

    /// <summary>Of this node; changes with <see cref="Enter"/> alone.</summary>
    public Generation Generation { get; private set; }

    /// <summary>The newest one heard of, if it is newer than this node's own: this node has stepped down and shall take that one over. Remembered until the daemon
    /// ends; an older history never regains a vote.</summary>
    public Generation? Newer { get; private set; }

    /// <summary>L, D and interval as they are in force.</summary>
    public Configuration.TimingDefinition Times => _timing;

    /// <summary>This run of this spool is the one that the log knows as up, and no newer history is known.</summary>
    public bool IsInForce => !IsSuperseded && !IsForeign && Newer is null && OwnState?.Status == NodeStatus.Up;

    /// <summary>The projection is not behind what this node has told to know of the voters (O11).</summary>
    public bool KnowsVoters => _desired.VotersAt <= _state.VotersAt;

    /// <summary>Nothing is on its way to the promise file.</summary>
    public bool IsFlushed => _inFlight is null && _retryAt is null;

    /// <summary>Send time of the newest keep-alive that the node answered as one who follows or votes in this generation; null: none.</summary>
    public TimeSpan? FollowedAt(NodeId id) => _peers.TryGetValue(id, out var peer) ? peer.FollowedUs : null;

    /// <summary>From here to <see cref="Enter"/> or <see cref="Resume"/> nobody is acknowledged, and nothing is promised.</summary>
    /// <returns>What the promise file has to hold before the generation counts.</returns>
    public PromiseTable Suspend(Generation next)
    {
        _isSuspended = true;
        return _desired with { Generation = next };
    }

    /// <summary>The generation could not be begun.</summary>
    public void Resume() => _isSuspended = false;

    /// <summary>The generation is on disk, and so is the table; its first state follows by <see cref="Project"/>.</summary>
    public void Enter(TimeSpan now, PromiseTable table)
    {
        _isSuspended = false;
        Generation = table.Generation;
        // One that was begun meanwhile by the other node may be the older one now.
        if (Newer <= Generation) Newer = null;
        _stored = table;
        _desired = _desired with { Generation = Generation };
        _sent.Clear();
        _sentOrder.Clear();
        foreach (var peer in _peers.Values) peer.Forget(now);
        _sendSoon = true;
    }

    /// <summary>The message is of this node's history. Of a newer one: this node steps down. Of an older one: its sender will, when it hears this node.</summary>
    private bool IsOfOurs(TimeSpan now, Peer peer, Message m, LeaseOutputs o)
    {
        if (m.Generation == Generation || !_rules.GenerationFirst) return true;
        Counters.OtherGeneration++;
        if (m.Generation < Generation) return false;
        if (Newer is not { } known || m.Generation > known)
        {
            Newer = m.Generation;
            DropLease();
            o.Note($"{m.From} lives in generation {m.Generation}, this node in the older {Generation}: it steps down, releases what is exclusive, and then takes that one over");
        }
        // Only when nothing is left here: the other one goes on by this answer.
        if (m is KeepAliveMessage alive && m.Generation == Newer && !(_report.HoldsExclusive && _rules.StepsDownFirst)) Answer(peer, alive, AnswerKind.Follows, now, o);
        return false;
    }

    /// <summary>No vote here, and none wanted: what the owner of a solo generation needs to hear is that this node goes by it.</summary>
    private void AnswerAsFollower(TimeSpan now, Peer peer, KeepAliveMessage m, LeaseOutputs o)
    {
        if (_state.Pair is { IsSolo: true } pair && pair.Generation.Owner == peer.Id && pair.Generation == Generation) Answer(peer, m, AnswerKind.Follows, now, o);
    }

    private void NoteFollowed(Peer peer, TimeSpan at)
    {
        if (peer.FollowedUs is not { } known || at > known) peer.FollowedUs = at;
    }
}
