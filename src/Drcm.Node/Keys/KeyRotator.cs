using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using Drcm.Consensus;
using Drcm.Consensus.Transport;
using Drcm.Node.Loop;
using Drcm.Node.Observation;
using Drcm.StateMachine;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Configuration;
using Drcm.StateMachine.Control;
using Drcm.StateMachine.Decisions;
using Drcm.StateMachine.Events;
using Microsoft.Extensions.Logging;

namespace Drcm.Node.Keys;

/// <summary>Takes a rotation of the auth key through its steps while this node leads, and does this node's part of it. The steps are in the log, the keys on
/// disk; a new leader goes on where the old one was.</summary>
internal sealed partial class KeyRotator
{
    /// <summary>Between two looks while a rotation is under way.</summary>
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(100);

    /// <summary>Between two looks while there is none: a new leader finds one that an old one began.</summary>
    private static readonly TimeSpan IdlePace = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan ProposalPatience = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(1);

    private readonly NodeId _self;
    private readonly KeyRing _ring;
    private readonly NodeLoop _loop;
    private readonly IReplicatedLog _log;
    private readonly IPeerRequests _requests;
    private readonly ILogger _logger;
    private volatile TaskCompletionSource _wake = NewSignal();
    private byte[]? _begun;
    private (LogIndex Index, DateTimeOffset At) _stepSeen;
    private volatile KeyProgress _progress = KeyProgress.None;

    public KeyRotator(NodeId self, KeyRing ring, NodeLoop loop, IReplicatedLog log, IPeerRequests requests, ILogger<KeyRotator> logger)
    {
        (_self, _ring, _loop, _log, _requests, _logger) = (self, ring, loop, log, requests, logger);
        _requests.Serve(KeyRequest.Kind, AnswerAsync);
    }

    /// <summary>Begins a rotation, or tells how far the one under way is; on any node.</summary>
    /// <exception cref="PeerUnreachableException">The leader does not answer.</exception>
    public async Task<KeyAnswer> AskLeaderAsync(string verb, CancellationToken cancellationToken) => _log.Leadership.Leader is { } leader
        ? KeyAnswer.Read(await _requests.AskAsync(leader, KeyRequest.Kind, new KeyRequest(verb).ToBytes(), cancellationToken))
        : new KeyAnswer(false, "no leader is known");

    /// <summary>Until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var isUnderWay = await LookAsync(cancellationToken);
            await Task.WhenAny(_wake.Task, Task.Delay(isUnderWay ? Pace : IdlePace, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
            if (_wake.Task.IsCompleted) _wake = NewSignal();
        }
    }

    private async Task<bool> LookAsync(CancellationToken cancellationToken)
    {
        var seen = await _loop.AskAsync(NodeSnapshot.Of).WaitAsync(cancellationToken);
        if (seen.State.KeyRotation is { } rotation)
        {
            _begun = null;
            await FollowAsync(rotation, cancellationToken);
        }
        if (!_log.Leadership.IsSelf)
        {
            _begun = null;
            return seen.State.KeyRotation is not null;
        }
        var step = seen.State.KeyRotation?.Step ?? KeyStep.None;
        var key = seen.State.KeyRotation is { } under ? _ring.Find(under.Fingerprint) : _begun;
        if (key is null)
        {
            if (step == KeyStep.None) _progress = _progress with { Step = KeyStep.None, WaitingFor = [] };
            return step != KeyStep.None;
        }
        await LeadAsync(seen, step, key, cancellationToken);
        return true;
    }

    /// <summary>This node's own part. What cannot be stored now is tried again at the next look; meanwhile it is not confirmed.</summary>
    private async Task FollowAsync(KeyRotation rotation, CancellationToken cancellationToken)
    {
        try
        {
            if (_ring.Find(rotation.Fingerprint) is null && await FetchAsync(rotation.Fingerprint, cancellationToken) is { } key) _ring.Take(key);
            if (!_ring.Has(rotation.Step, rotation.Fingerprint)) _ring.Follow(rotation.Step, rotation.Fingerprint);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogNotStored(rotation.Step, e.Message);
        }
    }

    /// <summary>A node that came up in the middle asks the leader for what it missed, while its old key still opens the door.</summary>
    private async Task<byte[]?> FetchAsync(string fingerprint, CancellationToken cancellationToken)
    {
        if (_log.Leadership is not { Leader: { } leader, IsSelf: false }) return null;
        var answer = await TryAskAsync(leader, new KeyRequest("give", fingerprint), cancellationToken);
        return answer.Key is { } key && AuthKeyStore.FingerprintOf(key) == fingerprint ? key : null;
    }

    private async Task LeadAsync(NodeSnapshot seen, KeyStep step, byte[] key, CancellationToken cancellationToken)
    {
        var fingerprint = AuthKeyStore.FingerprintOf(key);
        var definition = seen.State.Definition;
        if (definition is null) return;
        var live = Live(seen, definition);
        var asked = live.Select(async node => (Node: node, Answer: await AskAsync(node, step, fingerprint, key, cancellationToken)));
        var answers = await Task.WhenAll(asked);
        var confirmed = answers.Where(a => a.Answer.IsDone).Select(a => a.Node).ToImmutableSortedSet();
        _progress = new KeyProgress(
            fingerprint, step,
            [.. answers.Where(a => !a.Answer.IsDone).Select(a => $"{a.Node}: {a.Answer.Why}")],
            [.. definition.Nodes.Where(n => n.IsActive && !live.Contains(n.Id)).Select(n => n.Id.Value)]);
        if (confirmed.Count == live.Count && HasSettled(seen.State))
            await ProposeAsync(new AdvanceKeyRotation(step + 1, fingerprint, live, confirmed), cancellationToken);
    }

    /// <summary>Whatever becomes of it: the next look sees the state and asks again.</summary>
    private async Task ProposeAsync(AdvanceKeyRotation next, CancellationToken cancellationToken)
    {
        try
        {
            await _loop.SubmitAsync($"node:{_self}", next, cancellationToken).WaitAsync(ProposalPatience, cancellationToken);
        }
        catch (TimeoutException)
        {
            // The leadership may be gone.
        }
    }

    private static ImmutableSortedSet<NodeId> Live(NodeSnapshot seen, ClusterDefinition definition) =>
    [
        .. seen.State.Nodes.Values.Where(n => n.Status == NodeStatus.Up).Select(n => n.Id),
        .. definition.Nodes.Where(n => n.IsActive && seen.Heard.TryGetValue(n.Id, out var heard) && heard.Ago < definition.Timing.DeadAfter).Select(n => n.Id),
    ];

    /// <summary>A pause between two steps: datagrams under way that were signed before a step are read before the next.</summary>
    private bool HasSettled(ClusterState state)
    {
        if (state.KeyRotation is not { } rotation) return true;
        var now = TimeProvider.System.GetUtcNow();
        if (_stepSeen.Index != rotation.Since) _stepSeen = (rotation.Since, now);
        return now - _stepSeen.At >= Settling;
    }

    private Task<KeyAnswer> AskAsync(NodeId node, KeyStep step, string fingerprint, byte[] key, CancellationToken cancellationToken)
    {
        var request = step is KeyStep.None or KeyStep.AcceptBoth
            ? new KeyRequest("take", fingerprint, step, key)
            : new KeyRequest("confirm", fingerprint, step);
        return TryAskAsync(node.Value, request, cancellationToken);
    }

    private async Task<KeyAnswer> TryAskAsync(string node, KeyRequest request, CancellationToken cancellationToken)
    {
        try
        {
            return KeyAnswer.Read(await _requests.AskAsync(node, KeyRequest.Kind, request.ToBytes(), cancellationToken));
        }
        catch (Exception e) when (e is PeerUnreachableException or JsonException)
        {
            return new KeyAnswer(false, e.Message);
        }
    }

    private async ValueTask<ReadOnlyMemory<byte>> AnswerAsync(PeerRequest asked, CancellationToken cancellationToken)
    {
        var request = KeyRequest.Read(asked.Body);
        var state = (await _loop.AskAsync(NodeSnapshot.Of).WaitAsync(cancellationToken)).State;
        return (request.Verb switch
        {
            "rotate" => Begin(state),
            "progress" => _log.Leadership.IsSelf ? new KeyAnswer(true, Progress: Progress(state)) : NoLeader(),
            "take" => Take(request, state),
            "confirm" => Confirm(request, state),
            "give" => new KeyAnswer(true, Key: state.KeyRotation?.Fingerprint == request.Fingerprint ? _ring.Find(request.Fingerprint) : null),
            _ => new KeyAnswer(false, $"{_self} knows no '{request.Verb}'; update the older release"),
        }).ToBytes();
    }

    private KeyAnswer Begin(ClusterState state)
    {
        if (!_log.Leadership.IsSelf) return NoLeader();
        if (state.KeyRotation is null && _begun is null)
        {
            var key = RandomNumberGenerator.GetBytes(AuthKeyRules.KeyLength);
            _progress = new KeyProgress(AuthKeyStore.FingerprintOf(key), KeyStep.None, [], []);
            _begun = key;
            _wake.TrySetResult();
        }
        return new KeyAnswer(true, Progress: Progress(state));
    }

    private KeyProgress Progress(ClusterState state) => state.KeyRotation is { } rotation
        ? _progress with { Fingerprint = rotation.Fingerprint, Step = rotation.Step }
        : _begun is not null ? _progress with { Step = KeyStep.None } : _progress with { Fingerprint = _ring.Fingerprint, Step = KeyStep.Done, WaitingFor = [] };

    private KeyAnswer Take(KeyRequest request, ClusterState state)
    {
        if (request.Key is not { } key || AuthKeyStore.FingerprintOf(key) != request.Fingerprint) return new KeyAnswer(false, "the key did not arrive whole");
        if (state.KeyRotation is { } other && other.Fingerprint != request.Fingerprint) return new KeyAnswer(false, "another rotation is under way");
        try
        {
            _ring.Take(key);
            return new KeyAnswer(true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new KeyAnswer(false, $"cannot store the new key: {e.Message}");
        }
    }

    private KeyAnswer Confirm(KeyRequest request, ClusterState state)
    {
        if (state.KeyRotation is not { } rotation || rotation.Fingerprint != request.Fingerprint || rotation.Step < request.Step)
            return new KeyAnswer(false, "has not yet read of this step");
        try
        {
            _ring.Follow(rotation.Step, rotation.Fingerprint);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new KeyAnswer(false, $"cannot store the keys: {e.Message}");
        }
        return new KeyAnswer(_ring.Has(request.Step, request.Fingerprint), "does not have the new key");
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private KeyAnswer NoLeader() => new(false, $"{_self} does not lead; ask again");

    [LoggerMessage(2300, LogLevel.Error, "cannot store the keys for step {Step} of the key rotation: {Reason}; it waits for this node: see to the disk")]
    private partial void LogNotStored(KeyStep step, string reason);
}
