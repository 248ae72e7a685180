using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Drcm.Node.Control;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Control;
using Drcm.StateMachine.Events;
using Drcm.StateMachine.Explanations;

namespace Drcm.Integration.Tests.Cli;

/// <summary>A daemon's knowledge, made up: three nodes, one resource, and events that a test commits.</summary>
internal sealed class FakeSource : IControlSource
{
    private readonly List<EventLine> _past = [];
    private readonly Channel<EventLine> _coming = Channel.CreateUnbounded<EventLine>();
    private readonly TaskCompletionSource _left = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _follows = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when a follower has read the past and waits.</summary>
    public Task Follows => _follows.Task;

    /// <summary>Completes when a follower was told to stop.</summary>
    public Task FollowerLeft => _left.Task;

    public static ClusterStatus Status { get; } = new(
        DateTimeOffset.UnixEpoch,
        new ClusterLine("n1", "2.0.0", HasQuorum: true, "n2", 3, 1, 57, "abc", ConfigMatches: true, InMaintenance: false, 940, 1500),
        [Node("n1", null), Node("n2", 40), Node("n3", null) with { Status = NodeStatus.Down, HeardMs = 9000, Reason = "silent" }],
        [
            new SlotLine(
                "ip:web@n1", "ip", "web", "n1", "n2", SlotPhase.Started, 41, DateTimeOffset.UnixEpoch, "n1 was down", [new FailureLine("n1", 2)],
                "no such device", IsExclusive: true, IsRetired: false, null, ["n2"], "eth0 192.0.2.1/24"),
        ],
        [new CounterLine("datagrams_rejected", "bad_mac", 4)])
    {
        Protection = [ProtectionLine.InForce(Protector.Guard), ProtectionLine.Missing(Protector.Gate, "no libnftables", "install it")],
    };

    /// <summary>What it says of itself now.</summary>
    public ClusterStatus Shown { get; set; } = Status;

    public Task<ClusterStatus> StatusAsync(CancellationToken cancellationToken) => Task.FromResult(Shown);

    /// <summary>What the next command is answered; null: nobody leads.</summary>
    public CommandAnswer? Answer { get; set; }

    public List<(string Actor, ControlRequest Request)> Commands { get; } = [];

    public Task<CommandAnswer?> CommandAsync(string actor, ControlRequest request, CancellationToken cancellationToken)
    {
        Commands.Add((actor, request));
        return Task.FromResult(Answer);
    }

    public Task<(KeyProgress? Progress, string Why)> KeyAsync(string command, CancellationToken cancellationToken) =>
        Task.FromResult<(KeyProgress?, string)>((null, "no leader is known"));

    public Task<(ImmutableArray<Explanation> Answers, string WhyNot)> WhyAsync(string name, DateTimeOffset? at, CancellationToken cancellationToken) =>
        Task.FromResult<(ImmutableArray<Explanation>, string)>(
            name == "web" ? ([new Explanation("ip:web@n1", ["ip:web@n1 runs on n2"], [new Verdict("n1", "home", "down", "n1 is down")], [], ["n1 comes back"], [])], "")
            : ([], $"there is no resource and no node {name}; did you mean web?"));

    public Task<AuditAnswer> AuditAsync(bool isRebuilt, CancellationToken cancellationToken) => Task.FromResult(new AuditAnswer(true, []));

    public void Past(params EventLine[] lines) => _past.AddRange(lines);

    public void Commit(EventLine line) => _coming.Writer.TryWrite(line);

    public async IAsyncEnumerable<EventLine> EventsAsync(
        long afterIndex, bool follow, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var line in _past.Where(line => line.Index > afterIndex)) yield return line;
        if (!follow) yield break;
        _follows.TrySetResult();
        try
        {
            await foreach (var line in _coming.Reader.ReadAllAsync(cancellationToken)) yield return line;
        }
        finally
        {
            _left.TrySetResult();
        }
    }

    public static EventLine Event(long index, string name, string? node = null, string? slot = null) => new(
        index, 0, 1, DateTimeOffset.UnixEpoch.AddHours(index), "node:n2", name, node, slot?.Split('@')[0], slot, null, null, "because", IsEffective: true);

    private static NodeLine Node(string name, double? heard) => new(
        name, $"{name}.example.com", "127.0.0.1", NodeStatus.Up, StandbyKind.None, IsActive: true, IsWitness: false, IsVoter: true,
        DateTimeOffset.UnixEpoch, "heard by a majority", 1, 5, heard, 57, ConfigMatches: true);
}
