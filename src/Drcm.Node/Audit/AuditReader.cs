using Drcm.Consensus;

namespace Drcm.Node.Audit;

/// <summary>The committed log for a thread that may wait: what there is at once, and a signal when there is more.</summary>
internal sealed class AuditReader : IDisposable
{
    private readonly IAsyncEnumerator<CommittedEntry> _entries;
    private readonly ManualResetEventSlim _news;
    private readonly CancellationTokenSource _ending = new();
    private Task<bool>? _next;

    /// <param name="news">Set when <see cref="TryNext"/> has something again.</param>
    /// <param name="after">Only entries above this index.</param>
    public AuditReader(IReplicatedLog log, ManualResetEventSlim news, long after = 0)
    {
        _entries = log.ReadCommittedAsync(after, _ending.Token).GetAsyncEnumerator(_ending.Token);
        _news = news;
    }

    /// <returns>False: nothing now.</returns>
    /// <exception cref="LogDamagedException">As of the log.</exception>
    public bool TryNext(out CommittedEntry entry)
    {
        entry = default;
        if (_next is null)
        {
            _next = _entries.MoveNextAsync().AsTask();
            if (!_next.IsCompleted) _ = SignalAsync(_next);
        }
        if (!_next.IsCompleted) return false;
        var moved = Result(_next);
        _next = null;
        if (!moved) throw new ObjectDisposedException(nameof(AuditReader), "the log has ended");
        entry = _entries.Current;
        return true;
    }

    public void Dispose()
    {
        _ending.Cancel();
        if (_next is not null) Result(EndedAsync(_next));
        Result(_entries.DisposeAsync().AsTask());
        _ending.Dispose();
    }

    private static async Task EndedAsync(Task next) => await next.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private async Task SignalAsync(Task<bool> next)
    {
        await EndedAsync(next);
        _news.Set();
    }

#pragma warning disable VSTHRD002 // Completed already, or on a thread of its own that has nothing else to do.
    private static bool Result(Task<bool> task) => task.GetAwaiter().GetResult();

    private static void Result(Task task) => task.GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
}
