using Microsoft.Extensions.Logging;

namespace Drcm.Consensus.Storage;

internal sealed partial class EntryStore
{
    private string? _trouble;
    private LogDamagedException? _broken;
    private TimeSpan _retry;
    private readonly ChangeSignal _healed = new();

    /// <summary>Why the disk refuses writes now; null when it does not. The store goes on by itself when it can.</summary>
    public string? Trouble => Volatile.Read(ref _trouble);

    /// <summary>Set once, when a flush failed: the process must end.</summary>
    public LogDamagedException? Broken => Volatile.Read(ref _broken);

    /// <summary>Called on a thread of the store when <see cref="Trouble"/> or <see cref="Broken"/> changes; must not block.</summary>
    public Action? HealthChanged { get; set; }

    /// <summary>Completes when the disk takes writes again, or when it never will.</summary>
    public async Task UsableAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var healed = _healed.Next;
            if (Trouble is null || Broken is not null || Volatile.Read(ref _isClosed))
            {
                return;
            }

            await healed.WaitAsync(cancellationToken);
        }
    }

    private bool IsUsable => Trouble is null && Broken is null && !Volatile.Read(ref _isClosed);

    private void ThrowIfUnusable()
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _isClosed), this);
        if (Broken is { } broken)
        {
            throw new LogDamagedException(broken.Message, broken);
        }

        if (Trouble is { } trouble)
        {
            throw new StoreUnavailableException(trouble);
        }
    }

    /// <summary>No space, read-only, quota, or a fault of the device. An unwritten entry was promised to nobody: it goes.</summary>
    private StoreUnavailableException BeginTrouble(Exception cause)
    {
        List<TaskCompletionSource> waiting;
        var message = $"{_options.Directory}: the disk refuses writes ({cause.Message}); this node takes no part until there is room";
        lock (_sync)
        {
            Volatile.Write(ref _trouble, message);
            _retry = _options.RetryFirst;
            _writing.Clear();
            Forget(_flushedIndex + 1);
            waiting = _waiters.TakeAll();
        }

        LogTrouble(_logger, message);
        var exception = new StoreUnavailableException(message, cause);
        waiting.ForEach(w => w.TrySetException(exception));
        HealthChanged?.Invoke();
        _wake.Set();
        return exception;
    }

    private LogDamagedException Break(FlushFailedException cause)
    {
        var broken = new LogDamagedException(
            $"a flush failed ({cause.Message}): what the kernel still holds cannot be trusted; see to the disk, then start drcmd again", cause);
        List<TaskCompletionSource> waiting;
        lock (_sync)
        {
            Volatile.Write(ref _broken, broken);
            _writing.Clear();
            waiting = _waiters.TakeAll();
        }

        LogBroken(_logger, broken.Message);
        waiting.ForEach(w => w.TrySetException(broken));
        _healed.Raise();
        HealthChanged?.Invoke();
        return broken;
    }

    private TimeSpan NextRetry()
    {
        var pause = _retry;
        _retry = _retry * 2 < _options.RetryMax ? _retry * 2 : _options.RetryMax;
        return pause;
    }

    /// <summary>True when there is no trouble, or no longer.</summary>
    private bool TryRecover()
    {
        if (Trouble is null || Broken is not null || Volatile.Read(ref _isClosed))
        {
            return true;
        }

        lock (_disk)
        {
            try
            {
                MendFiles();
                ZeroAhead(_segments[^1], _segments[^1].End + 1);
                _segments[^1].File.Flush();
                SaveMark(FlushedIndex, TermAt(FlushedIndex), isFlushed: true);
            }
            catch (Exception e) when (Refuses(e))
            {
                return false;
            }
            catch (FlushFailedException e)
            {
                Break(e);
                return true;
            }
        }

        Volatile.Write(ref _trouble, null);
        LogRecovered(_logger, _options.Directory);
        _healed.Raise();
        HealthChanged?.Invoke();
        return true;
    }

    /// <summary>What was under way when the disk refused was undone in memory; the files follow.</summary>
    private void MendFiles()
    {
        if (_segments.Count > 0)
        {
            CutFiles(FlushedIndex + 1);
        }

        if (_segments.Count == 0 || _segments[^1].LastIndex != FlushedIndex)
        {
            // A leader's snapshot was installed, and what it replaced is still there, or nothing is yet.
            RemoveSegments();
            Begin();
        }
    }

    private static bool Refuses(Exception e) => e is IOException or UnauthorizedAccessException;

    [LoggerMessage(Level = LogLevel.Error, Message = "{Message}")]
    private static partial void LogTrouble(ILogger logger, string message);

    [LoggerMessage(Level = LogLevel.Critical, Message = "{Message}")]
    private static partial void LogBroken(ILogger logger, string message);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Directory}: the disk takes writes again; this node takes part again")]
    private static partial void LogRecovered(ILogger logger, string directory);
}
