using Drcm.Consensus.Engines.DotNext;
using Drcm.Consensus.Transport;

namespace Drcm.Consensus.Membership;

/// <content>What a node finds out about the others by itself: whether a new cluster begins, and whether it was taken out while it did not hear.</content>
public sealed partial class ClusterLog
{
    private static readonly TimeSpan LookMin = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LookMax = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan HelloMax = TimeSpan.FromSeconds(2);

    /// <summary>A voter that is no member, and gets nothing for so long, was given up by the leader that asked it to join.</summary>
    private static readonly TimeSpan ForsakenAfter = TimeSpan.FromSeconds(15);
    private readonly ChangeSignal _looking = new();
    private string? _waiting;

    /// <summary>Only nodes with the same one begin together.</summary>
    private string BeginningDigest => $"{_options.Digest}/{Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(MemberList.Of(_options.Voters).ToBytes()))[..16]}";

    private async Task MindAsync()
    {
        var pause = LookMin;
        (long LastIndex, long Since) progress = (0, TimeProvider.System.GetTimestamp());
        while (!_stop.IsCancellationRequested)
        {
            var looking = _looking.Next;
            if (Current is FollowedLog following)
            {
                await following.LookAsync(_stop.Token);
            }

            switch (Current)
            {
                case FollowedLog learner when _options.Voters.ContainsKey(_options.Self):
                    await LookForBeginningAsync(learner);
                    break;
                case FollowedLog learner:
                    Say(learner.HasFollowed ? null : $"it waits for one of {string.Join(", ", _options.Voters.Keys)} to follow");
                    break;
                case DotNextLog voter:
                    pause = LookMax;
                    Say(null);
                    progress = voter.LastIndex > progress.LastIndex ? (voter.LastIndex, TimeProvider.System.GetTimestamp()) : progress;
                    await LookWhetherTakenOutAsync(voter, TimeProvider.System.GetElapsedTime(progress.Since));
                    break;
                default:
                    break;
            }

            await Task.WhenAny(looking, Task.Delay(pause, _stop.Token));
            pause = pause * 2 < LookMax ? pause * 2 : LookMax;
        }
    }

    /// <summary>A majority of the voters-to-be, this one counted, has an empty spool (OWNERSHIP O12): they begin. A voter of the beginning that comes later, when the others have begun, begins
    /// too if all of them say that they have never met it: it is new, and no member that lost its spool.</summary>
    private async Task LookForBeginningAsync(FollowedLog learner)
    {
        var others = _options.Voters.Keys.Where(v => v != _options.Self).ToList();
        var answers = await HelloAsync(others, HelloState.Empty);
        var empty = others.Where(o => answers.TryGetValue(o, out var a) && a.State == HelloState.Empty && a.Digest == BeginningDigest).ToList();
        var begun = others.Where(o => answers.TryGetValue(o, out var a) && a is { State: HelloState.Cluster, HasMet: false, ListIndex: 0 } && a.Digest == BeginningDigest).ToList();
        if (begun.Count + empty.Count == others.Count && others.Count > 0 && begun.Count > 0 && begun.All(b => IsOfBeginning(answers[b])))
        {
            await BeginAsync(_stop.Token);
        }
        else if (answers.Values.Any(a => a.State == HelloState.Cluster))
        {
            Say(learner.HasFollowed ? null : "there is a cluster; it waits for one of its voters to follow");
        }
        else if (HasMajority(empty.Count + 1) && HasMajority((await HelloAsync(empty, HelloState.Begin)).Values.Count(a => a.State == HelloState.Cluster) + 1))
        {
            await BeginAsync(_stop.Token);
        }
        else
        {
            Say($"it waits for a majority of {string.Join(", ", _options.Voters.Keys)} with empty spools; {(empty.Count == 0 ? "none" : string.Join(", ", empty))} answered");
        }
    }

    private bool IsOfBeginning(Hello answer) => answer.List.Members.SequenceEqual(MemberList.Of(_options.Voters).Members);

    private bool HasMajority(int count) => count > _options.Voters.Count / 2;

    private Task BeginAsync(CancellationToken cancellationToken) =>
        _options.Voters.ContainsKey(_options.Self) ? SwitchFromAsync<FollowedLog>(() => NewVoter(_options.Voters, null), cancellationToken) : Task.CompletedTask;

    /// <summary>Who was taken out gets no entries any more, the one that says so included: without a leader, the others are asked.</summary>
    private async Task LookWhetherTakenOutAsync(DotNextLog voter, TimeSpan withoutProgress)
    {
        if (voter.Leadership.Leader is not null && voter.IsInForce)
        {
            return;
        }

        var isOut = voter.IsTakenOut;
        if (!isOut && (voter.WasMember || withoutProgress > ForsakenAfter))
        {
            var others = voter.Members.Select(m => m.Name).Concat(_options.Voters.Keys).Where(n => n != _options.Self).Distinct().ToList();
            var newest = (await HelloAsync(others, HelloState.Cluster)).Values.Where(a => a.State == HelloState.Cluster && a.List.Count > 0).MaxBy(a => a.ListIndex);
            isOut = newest is not null && newest.List.Find(_options.Self) is null && newest.ListIndex >= (voter.IsInForce ? voter.NewestListIndex + 1 : voter.WasMember ? voter.NewestListIndex : 0);
        }

        if (isOut && !_stop.IsCancellationRequested)
        {
            await SwitchFromAsync<DotNextLog>(NewLearnerInPlaceOfVoter, _stop.Token);
        }
    }

    private async Task<Dictionary<string, Hello>> HelloAsync(IEnumerable<string> nodes, HelloState state)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        patience.CancelAfter(HelloMax);
        var question = new Hello(state, HasMet: false, 0, BeginningDigest, MemberList.Empty).ToBytes();
        var answers = await Task.WhenAll(nodes.Select(async n => (Name: n, Answer: await HelloAsync(n, question, patience.Token))));
        return answers.Where(a => a.Answer is not null).ToDictionary(a => a.Name, a => a.Answer!, StringComparer.Ordinal);
    }

    private async Task<Hello?> HelloAsync(string node, byte[] question, CancellationToken cancellationToken)
    {
        try
        {
            return Hello.TryRead((await _transport.Requests.AskAsync(node, RequestKinds.Hello, question, cancellationToken)).Span, out var hello) ? hello : null;
        }
        catch (Exception e) when (e is PeerUnreachableException or OperationCanceledException)
        {
            return null;
        }
    }

    private void Say(string? waiting)
    {
        if (Interlocked.Exchange(ref _waiting, waiting) == waiting)
        {
            return;
        }

        if (waiting is not null)
        {
            LogWaiting(_logger, _options.Self, waiting);
        }

        HealthChanged?.Invoke();
    }
}
