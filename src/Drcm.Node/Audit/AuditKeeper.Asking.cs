using System.Collections.Concurrent;
using Drcm.StateMachine;
using Drcm.StateMachine.Cluster;
using Drcm.StateMachine.Control;
using Microsoft.Data.Sqlite;

namespace Drcm.Node.Audit;

/// <content>What others ask of the history. They wait; the thread does not wait for them.</content>
internal sealed partial class AuditKeeper
{
    /// <summary>For what a log holds between two snapshots; seconds, on a disk that works.</summary>
    private static readonly TimeSpan RebuildPatience = TimeSpan.FromMinutes(1);

    private readonly ConcurrentQueue<AuditRequest> _requests = new();

    /// <summary>Ends when the history has come so far, so that a crash behind a compaction leaves no gap; or when that takes too long: nothing waits for a disk that
    /// hangs.</summary>
    public Task ReachAsync(LogIndex index) => ReachAsync(index, _options.ReachPatience);

    /// <summary>Compares what is written with what the log says now.</summary>
    /// <param name="live">The node loop's projection.</param>
    public Task<AuditAnswer> VerifyAsync(ClusterState live, CancellationToken cancellationToken) => Task.Run(
        async () =>
        {
            try
            {
                return await new AuditCheck(_options.Path).RunAsync(_log.ReadCommittedAsync(0, cancellationToken), live, cancellationToken);
            }
            catch (Exception e) when (e is SqliteException or AuditDamagedException)
            {
                return new AuditAnswer(false, [$"{_options.Path} cannot be read: {e.Message}"]);
            }
        },
        cancellationToken);

    /// <summary>Writes anew what the log still has. What is older stays as it is.</summary>
    public async Task<AuditAnswer> RebuildAsync(CancellationToken cancellationToken)
    {
        var (written, begin) = (LogIndex.None, LogIndex.None);
        var request = new AuditRequest(
            (database, projector) =>
            {
                using var reader = new AuditReader(_log, _news);
                (written, begin) = (projector.Applied, reader.TryNext(out var first) && first.IsSnapshot ? new LogIndex(first.Index) : LogIndex.None);
                AuditRewind.Run(database, begin);
                if (begin < written) Interlocked.Exchange(ref _applied, begin.Value);
                return true;
            },
            NewSignal());
        if (Trouble is { Length: > 0 } trouble) return new AuditAnswer(false, [$"{_options.Path} cannot be written now: {trouble}"]);
        _requests.Enqueue(request);
        _news.Set();
        try
        {
            await request.Done.Task.WaitAsync(cancellationToken);
        }
        catch (Exception e) when (e is SqliteException or IOException or AuditDamagedException)
        {
            return new AuditAnswer(false, [$"{_options.Path} cannot be made anew: {e.Message}; what is damaged is set aside and made anew by itself"]);
        }
        await ReachAsync(written, RebuildPatience);
        return new AuditAnswer(Applied >= written, [$"made anew from entry {begin.Value + 1} to {Applied}; what is older is as it was"]);
    }

    private async Task ReachAsync(LogIndex index, TimeSpan patience)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        limit.CancelAfter(patience);
        while (true)
        {
            var advance = Volatile.Read(ref _advance).Task;
            if (Applied >= index) return;
            await advance.WaitAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (limit.IsCancellationRequested) return;
        }
    }

    /// <summary>Between two transactions; those who ask wait, nobody else does.</summary>
    /// <returns>The file is to be opened anew.</returns>
    private bool Answer(AuditDatabase database, AuditProjector projector)
    {
        while (_requests.TryDequeue(out var request))
        {
            try
            {
                var isReopened = request.Run(database, projector);
                request.Done.TrySetResult();
                if (isReopened) return true;
            }
            catch (Exception e) when (e is SqliteException or IOException or AuditDamagedException)
            {
                request.Done.TrySetException(e);
                throw;
            }
        }
        return false;
    }
}
