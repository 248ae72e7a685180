using System.Runtime.CompilerServices;

namespace Drcm.Consensus.Tests.Contract.Broken;

/// <summary>Says committed when it does not know.</summary>
internal sealed class AcknowledgesBeforeCommit(IReplicatedLog inner) : LogWrapper(inner)
{
    public override async ValueTask<AppendOutcome> AppendAsync(
        long expectedVersion, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        var outcome = await base.AppendAsync(expectedVersion, payload, cancellationToken);
        return outcome.Status == AppendStatus.Unknown ? new(AppendStatus.Committed, expectedVersion, "") : outcome;
    }
}

internal sealed class DeliversTwice(IReplicatedLog inner) : LogWrapper(inner)
{
    public override async IAsyncEnumerable<CommittedEntry> ReadCommittedAsync(
        long afterIndex, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var entry in base.ReadCommittedAsync(afterIndex, cancellationToken))
        {
            yield return entry;
            yield return entry;
        }
    }
}

internal sealed class Reorders(IReplicatedLog inner) : LogWrapper(inner)
{
    public override async IAsyncEnumerable<CommittedEntry> ReadCommittedAsync(
        long afterIndex, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        CommittedEntry? held = null;
        await foreach (var entry in base.ReadCommittedAsync(afterIndex, cancellationToken))
        {
            if (held is { } earlier)
            {
                yield return entry;
                yield return earlier;
                held = null;
            }
            else
            {
                held = entry;
            }
        }
    }
}

/// <summary>Skips an entry, as a reader that resumes one too far would.</summary>
internal sealed class LosesOne(IReplicatedLog inner) : LogWrapper(inner)
{
    public override async IAsyncEnumerable<CommittedEntry> ReadCommittedAsync(
        long afterIndex, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var number = 0;
        await foreach (var entry in base.ReadCommittedAsync(afterIndex, cancellationToken))
        {
            if (++number != 2)
            {
                yield return entry;
            }
        }
    }
}

/// <summary>Appends whatever the version.</summary>
internal sealed class ForgetsTheExpectedVersion(IReplicatedLog inner) : LogWrapper(inner)
{
    public override async ValueTask<AppendOutcome> AppendAsync(
        long expectedVersion, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        var outcome = await base.AppendAsync(expectedVersion, payload, cancellationToken);
        return outcome.Status == AppendStatus.Stale ? await AppendAsync(outcome.Index, payload, cancellationToken) : outcome;
    }
}

/// <summary>Lets a follower append.</summary>
internal sealed class AcceptsOnFollowers(IReplicatedLog inner) : LogWrapper(inner)
{
    public override async ValueTask<AppendOutcome> AppendAsync(
        long expectedVersion, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        var outcome = await base.AppendAsync(expectedVersion, payload, cancellationToken);
        return outcome.Status == AppendStatus.Rejected ? new(AppendStatus.Committed, expectedVersion, "") : outcome;
    }
}

/// <summary>A barrier that does not wait.</summary>
internal sealed class BarrierDoesNothing(IReplicatedLog inner) : LogWrapper(inner)
{
    public override ValueTask ReadBarrierAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;
}

internal sealed class NeverResigns(IReplicatedLog inner) : LogWrapper(inner)
{
    public override ValueTask ResignAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;
}

internal sealed class AddsNobody(IReplicatedLog inner) : LogWrapper(inner)
{
    public override ValueTask<AppendOutcome> AddMemberAsync(LogMember member, CancellationToken cancellationToken) =>
        ValueTask.FromResult<AppendOutcome>(new(AppendStatus.Committed, 1, ""));
}

internal sealed class TakesNobodyOut(IReplicatedLog inner) : LogWrapper(inner)
{
    public override ValueTask<AppendOutcome> RemoveMemberAsync(string name, CancellationToken cancellationToken) =>
        ValueTask.FromResult<AppendOutcome>(new(AppendStatus.Committed, 1, ""));
}
