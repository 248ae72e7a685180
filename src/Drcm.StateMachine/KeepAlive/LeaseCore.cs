using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Configuration;

namespace Drcm.StateMachine.KeepAlive;

/// <summary>Keep-alives, leases and expiries of one run of the daemon, by rules O1 to O9 and O20 of the ownership protocol. Pure: no clock, no IO; every step gets
/// the time of the node's monotonic clock (arbitrary origin, never going back) and writes what shall happen into a <see cref="LeaseOutputs"/>. Single-threaded.</summary>
/// <remarks>The caller reads the clock before it sends what a step asked for, drains its sockets into <see cref="Receive"/> before it calls
/// <see cref="Tick"/>, and ticks no later than <see cref="NextWake"/>.</remarks>
public sealed partial class LeaseCore
{
    /// <summary>Between two keep-alives sent out of turn to everybody.</summary>
    public static readonly TimeSpan ExtraSendSpacing = TimeSpan.FromMilliseconds(5);

    /// <summary>Up to here every node sends to every other one; larger clusters send to voters and the leader.</summary>
    private const int FullMeshNodesMax = 9;

    private readonly NodeId _self;
    private readonly Incarnation _incarnation;
    private readonly string _bootId;
    private readonly string _identity;
    private readonly ProtocolRules _rules;
    private readonly SortedDictionary<NodeId, Peer> _peers = [];
    private ClusterDefinition _definition;
    private ClusterState _state = ClusterState.Empty;
    private NodeReport _report;
    private TimeSpan _lastTick;

    /// <param name="stored">The promise file's content at start (O6).</param>
    /// <param name="own">From the node's own cm.cfg; peers and timing come from it until the log has a definition.</param>
    /// <param name="identity">UUID of the node's spool (O12); empty: it has none, and is taken for whom its name says.</param>
    public LeaseCore(
        NodeId self,
        Incarnation incarnation,
        string bootId,
        PromiseTable stored,
        ClusterDefinition own,
        ProtocolRules rules,
        TimeSpan now,
        string identity = "")
    {
        _self = self;
        _incarnation = incarnation;
        _bootId = bootId;
        _identity = identity;
        _rules = rules;
        _definition = own;
        _timing = own.Timing;
        _lastTick = now;
        _nextSend = now;
        _stored = rules.PromiseKept ? stored : PromiseTable.Empty with { Generation = stored.Generation };
        Generation = stored.Generation;
        _desired = _stored;
        // Something may run that an earlier life left: until the first Report says otherwise, this node is not to be readmitted.
        _report = new NodeReport
        {
            Node = self,
            Incarnation = incarnation,
            BootId = bootId,
            Applied = LogIndex.None,
            Epoch = LogIndex.None,
            ConfigDigest = "",
            HoldsExclusive = true,
        };
        MeetPeers(now);
    }

    public LeaseCounters Counters { get; } = new();

    /// <summary>Who leads the log, as far as known; large clusters send it keep-alives even when it is no voter.</summary>
    public NodeId? LeaderHint { get; set; }

    /// <summary>When <see cref="Tick"/> has work to do next; at or before the last step's time: at once.</summary>
    public TimeSpan NextWake
    {
        get
        {
            var wake = Earlier(_nextSend, _lastTick + (Timing.DeadAfter / 8));
            if (_sendSoon) wake = Earlier(wake, _lastSend + ExtraSendSpacing);
            if (_retryAt is { } retry) wake = Earlier(wake, retry);
            if (!IsVoter) return wake;
            foreach (var peer in _peers.Values)
            {
                if (MayExpire(peer)) wake = Earlier(wake, ExpiresAt(peer));
            }
            return wake;
        }
    }

    private TimingDefinition Timing => _timing;

    /// <summary>The projection moved on. Call it after every applied batch, before the next <see cref="Tick"/> or <see cref="Receive"/>, and tell the report that belongs to it.</summary>
    public void Project(TimeSpan now, ClusterState state, LeaseOutputs o)
    {
        var before = _state.Nodes.GetValueOrDefault(_self);
        var wasVoter = IsVoter;
        var old = _state;
        _state = state;
        if (state.Definition is { } definition) _definition = definition;
        FollowVoters(state);
        FollowTiming(state);
        if (!ReferenceEquals(state.Definition, old.Definition) || state.Nodes.Count != old.Nodes.Count) MeetPeers(now);
        if (IsVoter && !wasVoter) RestartCounts(now);
        FollowOwnState(before, state.Nodes.GetValueOrDefault(_self));
        FollowPromises(now, o);
        AnswerWaiting(now, o);
        if (_sendSoon) SendNow(now, o);
    }

    /// <summary>What the next keep-alive says. Identity, applied index, epoch and expiries are filled in here. Say <see cref="NodeReport.HoldsExclusive"/>
    /// before anything exclusive is started, and take it back only when all of it is gone.</summary>
    public void Report(NodeReport self) => _report = self;

    /// <summary>Time passed: expires the silent and sends what is due.</summary>
    public void Tick(TimeSpan now, LeaseOutputs o)
    {
        NoticeOwnPause(now, o);
        _lastTick = now;
        ExpireSilent(now, o);
        RetryPromises(now, o);
        NoticeVoices(now);
        if (now >= _nextSend) SendRound(now, o);
        else if (_sendSoon) SendNow(now, o);
    }

    /// <summary>A message whose signature holds. Whatever it says, this never throws.</summary>
    public void Receive(TimeSpan now, Message m, LeaseOutputs o)
    {
        if (m.To != _self || m.From == _self || !_peers.TryGetValue(m.From, out var peer))
        {
            Counters.Misdirected++;
            return;
        }
        peer.VoiceAt = now;
        if (!Admit(now, peer, m, o)) return;
        switch (m)
        {
            case KeepAliveMessage keepAlive:
                ReceiveKeepAlive(now, peer, keepAlive, o);
                break;
            case AnswerMessage answer:
                ReceiveAnswer(now, peer, answer, o);
                break;
        }
    }

    /// <summary>A node that leaves the definition is heard until the log has no trace of it (O14).</summary>
    private void MeetPeers(TimeSpan now)
    {
        var known = _definition.Nodes.Select(n => n.Id).Concat(_rules.LeavingHeard ? _state.Nodes.Keys : []).ToHashSet();
        foreach (var gone in _peers.Keys.Where(id => !known.Contains(id)).ToArray()) _peers.Remove(gone);
        foreach (var id in known)
        {
            if (!_peers.ContainsKey(id)) _peers.Add(id, new Peer(id, now));
        }
    }

    /// <summary>The lease rests on acknowledgements of this life of the node in the log; a new epoch earns its own.</summary>
    private void FollowOwnState(NodeState? before, NodeState? own)
    {
        if (own?.Epoch != before?.Epoch || own?.Status != NodeStatus.Up) DropLease();
        if (own != before || own?.Status != NodeStatus.Up) _sendSoon = true;
    }

    private static TimeSpan Earlier(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
