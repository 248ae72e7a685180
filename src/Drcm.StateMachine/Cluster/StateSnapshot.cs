using System.Buffers;
using System.Security.Cryptography;
using Drcm.StateMachine.Events;
using MessagePack;

namespace Drcm.StateMachine.Cluster;

/// <summary>The stored form of a whole state (O13): MessagePack <c>[1, SHA-256 of the body, body]</c>, where the body is the canonical encoding that the
/// digest is taken of. So one table of fields serves both, and a restored state has the digest that is written beside it.</summary>
public static class StateSnapshot
{
    private const int FormatVersion = 1;
    private const int Parts = 3;

    /// <summary>The stored form; deterministic.</summary>
    public static byte[] Encode(ClusterState state)
    {
        var body = Body(state);
        var buffer = new ArrayBufferWriter<byte>(body.Length + 64);
        var writer = new MessagePackWriter(buffer);
        writer.WriteArrayHeader(Parts);
        writer.Write(FormatVersion);
        writer.Write(SHA256.HashData(body.Span));
        writer.Write(body.Span);
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The state exactly as it was, derived parts included.</summary>
    /// <exception cref="StateSnapshotException">Damaged, of a later release, or not a state.</exception>
    public static ClusterState Decode(ReadOnlyMemory<byte> stored)
    {
        try
        {
            var reader = new MessagePackReader(stored);
            return StateDecoding.Read(CheckedBody(ref reader));
        }
        catch (MessagePackSerializationException e)
        {
            throw new StateSnapshotException("not well-formed", e);
        }
        catch (EndOfStreamException e)
        {
            throw new StateSnapshotException("it ends too early", e);
        }
        catch (OverflowException e)
        {
            throw new StateSnapshotException("a number is out of range", e);
        }
        catch (ArgumentOutOfRangeException e)
        {
            // The reader's answer to a text that claims to be longer than 2 GiB.
            throw new StateSnapshotException("a length is out of range", e);
        }
        catch (CorruptEventException e)
        {
            throw new StateSnapshotException("a field is damaged", e);
        }
    }

    internal static ReadOnlyMemory<byte> Body(ClusterState state)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        var writer = new MessagePackWriter(buffer);
        StateEncoding.Write(ref writer, state);
        writer.Flush();
        return buffer.WrittenMemory;
    }

    private static ReadOnlySequence<byte> CheckedBody(ref MessagePackReader reader)
    {
        var parts = reader.ReadArrayHeader();
        if (parts != Parts) throw new StateSnapshotException($"{parts} parts instead of {Parts}");
        var version = reader.ReadInt32();
        if (version != FormatVersion) throw new StateSnapshotException($"format {version}; this release reads {FormatVersion}");
        var digest = reader.ReadBytes() ?? throw new StateSnapshotException("its digest is missing");
        var body = reader.ReadBytes() ?? throw new StateSnapshotException("its body is missing");
        if (!reader.End) throw new StateSnapshotException("bytes follow its end");
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in body) hash.AppendData(part.Span);
        if (digest.Length != SHA256.HashSizeInBytes || !hash.GetHashAndReset().AsSpan().SequenceEqual(digest.ToArray()))
            throw new StateSnapshotException("its digest does not match");
        return body;
    }
}
