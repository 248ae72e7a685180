using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Drcm.Consensus;
using Drcm.Consensus.Engines.DotNext;
using Drcm.Consensus.Transport;
using Drcm.Simulation.Log;

namespace Drcm.Simulation.Linear;

/// <summary>One member of the log in a process of its own, which clients ask over a Unix socket: faults of the network do not come between them.
/// Arguments: name, directory, socket, break or "none", then NAME=ADDRESS of all members.</summary>
internal static class LinearMember
{
    public const string Verb = "linear-member";

    /// <summary>So small that segments roll, zeroed space ends and snapshots are needed within seconds.</summary>
    private static readonly Consensus.Storage.StoreOptions Storage = new()
    {
        Directory = "", SegmentBytes = 1024 * 1024, ZeroedBytes = 16 * 1024, TailBytes = 256 * 1024, KeptEntries = 200,
    };

    public static async Task<int> RunAsync(string[] args)
    {
        var members = args[4..].Select(a => a.Split('=')).ToDictionary(m => m[0], m => IPEndPoint.Parse(m[1]), StringComparer.Ordinal);
        var options = new DotNextLogOptions
        {
            Self = args[0], Directory = args[1], Members = members, Keys = new(new byte[TransportKeys.SeedBytes]), Storage = Storage,
        };
        IReplicatedLog log = new DotNextLog(options, new LineLogger(Console.Out));
        await using var served = args[3] == "none" ? log : Breaks.All[args[3]](log);
        await served.StartAsync(CancellationToken.None);
        File.Delete(args[2]);
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(args[2]));
        listener.Listen();
        while (true)
        {
            var client = await listener.AcceptAsync();
            _ = Task.Run(() => ServeAsync(served, client));
        }
    }

    private static async Task ServeAsync(IReplicatedLog log, Socket client)
    {
        await using var stream = new NetworkStream(client, ownsSocket: true);
        var request = new byte[MemberConnection.RequestBytes];
        try
        {
            while (true)
            {
                await stream.ReadExactlyAsync(request);
                var (first, second) = (BinaryPrimitives.ReadInt64LittleEndian(request.AsSpan(1)), BinaryPrimitives.ReadInt64LittleEndian(request.AsSpan(9)));
                await stream.WriteAsync(request[0] switch
                {
                    MemberConnection.Append => await AppendAsync(log, first, second),
                    MemberConnection.Read => await ReadAsync(log, first),
                    MemberConnection.Compact => await CompactAsync(log),
                    _ => throw new IOException("unknown request"),
                });
            }
        }
        catch (Exception e) when (e is IOException or EndOfStreamException)
        {
            // The client has gone.
        }
        catch (LogDamagedException e)
        {
            // As the daemon does.
            await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"ends: {e.Message}"));
            Environment.Exit(1);
        }
    }

    private static async Task<byte[]> AppendAsync(IReplicatedLog log, long expected, long value)
    {
        var outcome = await log.AppendAsync(expected, Payload.Of(value), CancellationToken.None);
        var answer = new byte[MemberConnection.AnswerBytes];
        answer[0] = (byte)outcome.Status;
        BinaryPrimitives.WriteInt64LittleEndian(answer.AsSpan(1), outcome.Index);
        return answer;
    }

    private static async Task<byte[]> ReadAsync(IReplicatedLog log, long afterIndex)
    {
        await log.ReadBarrierAsync(CancellationToken.None);
        var (entries, isAnew) = await ListAsync(log, afterIndex);
        var answer = new byte[MemberConnection.AnswerBytes + entries.Count * Payload.EntryBytes];
        answer[0] = (byte)(isAnew ? 1 : 0);
        BinaryPrimitives.WriteInt64LittleEndian(answer.AsSpan(1), entries.Count);
        Payload.Write(entries, answer.AsSpan(MemberConnection.AnswerBytes));
        return answer;
    }

    private static async Task<byte[]> CompactAsync(IReplicatedLog log)
    {
        var (entries, _) = await ListAsync(log, 0);
        var answer = new byte[MemberConnection.AnswerBytes];
        if (entries.Count == 0)
        {
            return answer;
        }

        try
        {
            var state = new byte[entries.Count * Payload.EntryBytes];
            Payload.Write(entries, state);
            await log.CompactAsync(entries[^1].Index, state, CancellationToken.None);
            answer[0] = 1;
        }
        catch (IOException)
        {
            // The disk is full: all is as before.
        }

        return answer;
    }

    /// <summary>What can be read now, without waiting: behind a barrier that is everything committed before it.</summary>
    /// <returns>IsAnew: a snapshot took the place of what was known.</returns>
    private static async Task<(List<Entry> Entries, bool IsAnew)> ListAsync(IReplicatedLog log, long afterIndex)
    {
        var (entries, isAnew) = (new List<Entry>(), false);
        using var end = new CancellationTokenSource();
        var reader = log.ReadCommittedAsync(afterIndex, end.Token).GetAsyncEnumerator(CancellationToken.None);
        for (var next = reader.MoveNextAsync(); ; next = reader.MoveNextAsync())
        {
            if (!next.IsCompleted)
            {
                await end.CancelAsync();
                await next.AsTask().ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
                await reader.DisposeAsync();
                return (entries, isAnew);
            }

            await next;
            if (reader.Current.IsSnapshot)
            {
                entries.Clear();
                entries.AddRange(Payload.Read(reader.Current.Payload.Span));
                isAnew = true;
            }
            else
            {
                entries.Add(new(reader.Current.Index, Payload.ValueOf(reader.Current.Payload.Span)));
            }
        }
    }
}
