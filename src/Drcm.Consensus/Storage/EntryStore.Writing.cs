using System.Buffers;
using System.Diagnostics;

namespace Drcm.Consensus.Storage;

internal sealed partial class EntryStore
{
    private static readonly TimeSpan Forever = Timeout.InfiniteTimeSpan;
    private readonly AutoResetEvent _wake = new(false);
    private readonly IndexWaiters _waiters = new();
    private readonly List<TaskCompletionSource> _reached = [];
    private List<StoredEntry> _gathered = [];
    private List<StoredEntry> _writing = [];
    private bool _isClosed;

    /// <summary>The writer's thread: a flush blocks it and nobody else.</summary>
    private void WriteUntilClosed()
    {
        var pause = Forever;
        while (!Volatile.Read(ref _isClosed))
        {
            _wake.WaitOne(pause);
            pause = TryRecover() ? Forever : NextRetry();
            while (WriteGathered())
            {
            }
        }
    }

    /// <summary>Writes what has gathered, with one flush.</summary>
    private bool WriteGathered()
    {
        lock (_disk)
        {
            lock (_sync)
            {
                if (_gathered.Count == 0 || !IsUsable)
                {
                    return false;
                }

                (_gathered, _writing) = (_writing, _gathered);
            }

            try
            {
                WriteAndFlush();
            }
            catch (Exception e) when (Refuses(e))
            {
                BeginTrouble(e);
                return false;
            }
            catch (FlushFailedException e)
            {
                Break(e);
                return false;
            }

            var last = _writing[^1];
            lock (_sync)
            {
                Volatile.Write(ref _flushedIndex, last.Index);
                _tail.Trim(last.Index + 1);
                _waiters.TakeUpTo(last.Index, _reached);
            }

            _writing.Clear();
        }

        _reached.ForEach(r => r.TrySetResult());
        _reached.Clear();
        return true;
    }

    private void WriteAndFlush()
    {
        for (var i = 0; i < _writing.Count;)
        {
            if (_segments[^1].End >= _options.SegmentBytes)
            {
                Roll(_writing[i].Index);
            }

            i = WriteRun(_segments[^1], i);
            var began = Stopwatch.GetTimestamp();
            _segments[^1].File.Flush();
            LogMeter.Flushed(began);
        }

        SaveMark(_writing[^1].Index, _writing[^1].Term, isFlushed: false);
    }

    /// <summary>As many entries as the segment takes, in one write.</summary>
    private int WriteRun(Segment segment, int from)
    {
        var (bytes, to) = (0, from);
        while (to < _writing.Count && (to == from || segment.End + bytes < _options.SegmentBytes))
        {
            bytes += Record.SizeOf(_writing[to++].Payload.Length);
        }

        var buffer = ArrayPool<byte>.Shared.Rent(bytes);
        try
        {
            var position = 0;
            for (var i = from; i < to; i++)
            {
                Record.Write(buffer.AsSpan(position), _writing[i]);
                position += Record.SizeOf(_writing[i].Payload.Length);
            }

            ZeroAhead(segment, segment.End + bytes);
            segment.File.Write(buffer.AsSpan(0, bytes), segment.End);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        lock (_sync)
        {
            for (var i = from; i < to; i++)
            {
                segment.Added(Record.SizeOf(_writing[i].Payload.Length));
            }
        }

        return to;
    }

    private void ZeroAhead(Segment segment, int needed)
    {
        if (needed <= segment.ZeroedTo)
        {
            return;
        }

        var to = needed + _options.ZeroedBytes;
        var zeros = ArrayPool<byte>.Shared.Rent(to - segment.ZeroedTo);
        try
        {
            zeros.AsSpan(0, to - segment.ZeroedTo).Clear();
            segment.File.Write(zeros.AsSpan(0, to - segment.ZeroedTo), segment.ZeroedTo);
            segment.ZeroedTo = to;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(zeros);
        }
    }

    /// <summary>Begins the segment that has <paramref name="firstIndex"/> as its first entry.</summary>
    private void Roll(long firstIndex)
    {
        var path = PathOf(Segment.FileName(firstIndex));
        Segment? next = null;
        try
        {
            next = Segment.Create(_files.Open(path), firstIndex, TermAt(firstIndex - 1));
            _files.FlushDirectory(_options.Directory);
        }
        catch (Exception e) when (Refuses(e))
        {
            next?.Dispose();
            TryDelete(path);
            throw;
        }

        lock (_sync)
        {
            _segments.Add(next);
        }
    }

    private void SaveMark(long flushedIndex, long flushedTerm, bool isFlushed)
    {
        lock (_marking)
        {
            _mark.Save(flushedIndex, flushedTerm, CommitIndex, isFlushed);
        }
    }

    private void Close()
    {
        Volatile.Write(ref _isClosed, true);
        List<TaskCompletionSource> waiting;
        lock (_sync)
        {
            waiting = _waiters.TakeAll();
        }

        waiting.ForEach(w => w.TrySetException(new ObjectDisposedException("the log was stopped")));
        _healed.Raise();
        _wake.Set();
    }
}
