using System.Runtime.CompilerServices;
using Drcm.Consensus;

namespace Drcm.Simulation.Log;

/// <summary>Logs that misbehave on purpose: each must be caught, or the simulation proves nothing.</summary>
internal static class Breaks
{
    /// <summary>Named apart: its disk lies, not its log.</summary>
    public const string FlushesLie = "flushes-lie";

    /// <summary>Named apart: its members lose their disks and go on as if they had not.</summary>
    public const string ForgetsTheDisk = "forget-the-disk";

    private const string Misbehaves = "misbehaves";

    public static IReadOnlyDictionary<string, Func<IReplicatedLog, IReplicatedLog>> All { get; } =
        new Dictionary<string, Func<IReplicatedLog, IReplicatedLog>>(StringComparer.Ordinal)
        {
            ["acknowledge-before-commit"] = l => new AcknowledgesBeforeCommit(l),
            ["drop-an-entry"] = l => new DropsAnEntry(l),
            ["reorder-two"] = l => new Reorders(l),
            ["serve-a-stale-read"] = l => new BarrierDoesNothing(l),
            ["forget-the-expected-version"] = l => new ForgetsTheExpectedVersion(l),
            ["apply-twice"] = l => new AppliesTwice(l),
            ["refuse-what-was-written"] = l => new RefusesWhatWasWritten(l),
            [FlushesLie] = l => l,
            [ForgetsTheDisk] = l => l,
        };

    private abstract class Wrapper(IReplicatedLog inner) : IReplicatedLog
    {
        protected IReplicatedLog Inner { get; } = inner;

        public Leadership Leadership => Inner.Leadership;

        public Task StartAsync(CancellationToken cancellationToken) => Inner.StartAsync(cancellationToken);

        public IAsyncEnumerable<Leadership> WatchLeadershipAsync(CancellationToken cancellationToken) => Inner.WatchLeadershipAsync(cancellationToken);

        public virtual ValueTask<AppendOutcome> AppendAsync(long expectedVersion, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken) =>
            Inner.AppendAsync(expectedVersion, payload, cancellationToken);

        public virtual IAsyncEnumerable<CommittedEntry> ReadCommittedAsync(long afterIndex, CancellationToken cancellationToken) =>
            Inner.ReadCommittedAsync(afterIndex, cancellationToken);

        public ValueTask CompactAsync(long index, ReadOnlyMemory<byte> state, CancellationToken cancellationToken) => Inner.CompactAsync(index, state, cancellationToken);

        public virtual ValueTask ReadBarrierAsync(CancellationToken cancellationToken) => Inner.ReadBarrierAsync(cancellationToken);

        public LogRole Role => Inner.Role;

    public IReadOnlyList<LogMember> Members => Inner.Members;

    public virtual ValueTask<AppendOutcome> AddMemberAsync(LogMember member, CancellationToken cancellationToken) => Inner.AddMemberAsync(member, cancellationToken);

    public virtual ValueTask<AppendOutcome> RemoveMemberAsync(string name, CancellationToken cancellationToken) => Inner.RemoveMemberAsync(name, cancellationToken);

    public virtual ValueTask ResignAsync(CancellationToken cancellationToken) => Inner.ResignAsync(cancellationToken);

        public ValueTask DisposeAsync() => Inner.DisposeAsync();
    }

    private sealed class AcknowledgesBeforeCommit(IReplicatedLog inner) : Wrapper(inner)
    {
        public override async ValueTask<AppendOutcome> AppendAsync(long expectedVersion, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
        {
            var outcome = await base.AppendAsync(expectedVersion, payload, cancellationToken);
            return outcome.Status == AppendStatus.Unknown ? new(AppendStatus.Committed, expectedVersion + 1, Misbehaves) : outcome;
        }
    }

    private sealed class RefusesWhatWasWritten(IReplicatedLog inner) : Wrapper(inner)
    {
        public override async ValueTask<AppendOutcome> AppendAsync(long expectedVersion, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
        {
            var outcome = await base.AppendAsync(expectedVersion, payload, cancellationToken);
            return outcome.Status == AppendStatus.Committed && outcome.Index % 7 == 0 ? new(AppendStatus.Rejected, 0, Misbehaves) : outcome;
        }
    }

    private sealed class ForgetsTheExpectedVersion(IReplicatedLog inner) : Wrapper(inner)
    {
        public override ValueTask<AppendOutcome> AppendAsync(long expectedVersion, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken) =>
            base.AppendAsync(LogVersion.Any, payload, cancellationToken);
    }

    private sealed class BarrierDoesNothing(IReplicatedLog inner) : Wrapper(inner)
    {
        public override ValueTask ReadBarrierAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;
    }

    private sealed class DropsAnEntry(IReplicatedLog inner) : Wrapper(inner)
    {
        public override async IAsyncEnumerable<CommittedEntry> ReadCommittedAsync(long afterIndex, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await foreach (var entry in base.ReadCommittedAsync(afterIndex, cancellationToken))
            {
                if (entry.IsSnapshot || entry.Index % 11 != 0)
                {
                    yield return entry;
                }
            }
        }
    }

    private sealed class AppliesTwice(IReplicatedLog inner) : Wrapper(inner)
    {
        public override async IAsyncEnumerable<CommittedEntry> ReadCommittedAsync(long afterIndex, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await foreach (var entry in base.ReadCommittedAsync(afterIndex, cancellationToken))
            {
                yield return entry;
                if (!entry.IsSnapshot && entry.Index % 11 == 0)
                {
                    yield return entry;
                }
            }
        }
    }

    private sealed class Reorders(IReplicatedLog inner) : Wrapper(inner)
    {
        public override async IAsyncEnumerable<CommittedEntry> ReadCommittedAsync(long afterIndex, [EnumeratorCancellation] CancellationToken cancellationToken)
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
                else if (!entry.IsSnapshot && entry.Index % 11 == 0)
                {
                    held = entry;
                }
                else
                {
                    yield return entry;
                }
            }
        }
    }
}
