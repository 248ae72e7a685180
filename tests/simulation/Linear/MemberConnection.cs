using System.Buffers.Binary;
using System.Net.Sockets;
using Drcm.Consensus;

namespace Drcm.Simulation.Linear;

/// <summary>One client's connection to one member; not thread-safe. After an exception it is of no more use.</summary>
internal sealed class MemberConnection : IAsyncDisposable
{
    public const byte Append = (byte)'a';
    public const byte Read = (byte)'r';
    public const byte Compact = (byte)'c';
    public const int RequestBytes = 17;
    public const int AnswerBytes = 9;
    private readonly NetworkStream _stream;
    private Entry[] _known = [];
    private int _count;

    private MemberConnection(Socket socket) => _stream = new(socket, ownsSocket: true);

    /// <exception cref="SocketException">The member is down.</exception>
    public static async Task<MemberConnection> ConnectAsync(string path, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
            return new(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public async Task<(AppendStatus Status, long Index)> AppendAsync(long expected, long value, CancellationToken cancellationToken)
    {
        var (first, second) = await AskAsync(Append, expected, value, cancellationToken);
        return ((AppendStatus)first, second);
    }

    /// <returns>The whole list. What this connection has read before is not sent again.</returns>
    public async Task<ReadOnlyMemory<Entry>> ReadAsync(CancellationToken cancellationToken)
    {
        var (isAnew, count) = await AskAsync(Read, _count == 0 ? 0 : _known[_count - 1].Index, 0, cancellationToken);
        var bytes = new byte[count * Payload.EntryBytes];
        await _stream.ReadExactlyAsync(bytes, cancellationToken);
        if (isAnew != 0)
        {
            (_known, _count) = ([], 0);
        }

        Add(Payload.Read(bytes));
        return _known.AsMemory(0, _count);
    }

    public Task CompactAsync(CancellationToken cancellationToken) => AskAsync(Compact, 0, 0, cancellationToken);

    public ValueTask DisposeAsync() => _stream.DisposeAsync();

    /// <summary>Earlier answers share this array: what they hold is not changed.</summary>
    private void Add(Entry[] more)
    {
        if (_count + more.Length > _known.Length)
        {
            Array.Resize(ref _known, Math.Max(_known.Length * 2, _count + more.Length));
        }

        more.CopyTo(_known, _count);
        _count += more.Length;
    }

    private async Task<(byte First, long Second)> AskAsync(byte what, long first, long second, CancellationToken cancellationToken)
    {
        var request = new byte[RequestBytes];
        request[0] = what;
        BinaryPrimitives.WriteInt64LittleEndian(request.AsSpan(1), first);
        BinaryPrimitives.WriteInt64LittleEndian(request.AsSpan(9), second);
        await _stream.WriteAsync(request, cancellationToken);
        var answer = new byte[AnswerBytes];
        await _stream.ReadExactlyAsync(answer, cancellationToken);
        return (answer[0], BinaryPrimitives.ReadInt64LittleEndian(answer.AsSpan(1)));
    }
}
