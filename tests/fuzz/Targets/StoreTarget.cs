using System.Buffers.Binary;
using System.Text;
using Drcm.Consensus;
using Drcm.Consensus.Engines.DotNext;
using Drcm.Consensus.Inspection;
using Drcm.Consensus.Storage;
using Drcm.StateMachine;

namespace Drcm.Fuzz.Targets;

/// <summary>A whole directory of the log, opened after changes: number of files 1, then for each its name (length 1) and its content (length 4).</summary>
internal sealed class StoreTarget() : FuzzTarget("store")
{
    private const int SamplesKept = 300;

    /// <summary>Made once: each needs a store of its own, with its thread.</summary>
    private readonly byte[]?[] _samples = new byte[SamplesKept][];
    private static readonly StoreOptions Options = new() { Directory = "", SegmentBytes = 600, ZeroedBytes = 64, TailBytes = 1024, KeptEntries = 4 };

    /// <summary>Opening starts a thread and makes a few buffers; a snapshot or segment may be said to be large only if it is.</summary>
    public override long AllocationMax(int inputBytes) => 4 * 1024 * 1024;

    public override byte[] Sample(SplitMix64 random)
    {
        var number = random.Below(SamplesKept);
        return [.. _samples[number] ??= Make(new SplitMix64((ulong)number))];
    }

    private static byte[] Make(SplitMix64 random)
    {
        var files = new MemoryFiles();
        using (var store = EntryStore.Open(Options, files))
        {
            for (var entries = random.Below(25); entries > 0; entries--)
            {
                store.Append(1 + store.LastIndex / 7, EntryKind.Ordinary, null, random.Bytes(60));
            }

            Wait(store.FlushedAsync(store.LastIndex));
            store.SaveVote(store.TermAt(store.LastIndex), random.Chance(0.5) ? random.Bytes(20) : null);
            store.Commit(random.Below((int)store.LastIndex + 1));
            if (store.CommitIndex > 2 && random.Chance(0.5))
            {
                store.Compact(1 + random.Below((int)store.CommitIndex), random.Bytes(50));
            }
        }

        return Pack(files);
    }

    public override byte[] Seal(byte[] input)
    {
        var files = Unpack(input);
        foreach (var name in files.List(""))
        {
            var content = files[name];
            switch (name)
            {
                case VoteFile.Name or MarkFile.Name:
                    Sealing.SmallRecord(content);
                    break;
                case var _ when StoredSnapshot.IsFileName(name):
                    Sealing.Snapshot(content);
                    break;
                default:
                    Sealing.Segment(content);
                    break;
            }
        }

        return Pack(files);
    }

    /// <summary>Opened: everything that it says it has can be read, more can be appended, and all of it is there the next time. Or refused.</summary>
    public override void Feed(byte[] input)
    {
        var files = Unpack(input);
        var isSound = new LogCheck("", Unpack(input), misread: null).Run().IsSound;
        List<StoredEntry> all;
        try
        {
            using var store = EntryStore.Open(Options, files);
            all = ReadAll(store);
            Require(store.CommitIndex <= store.LastIndex && store.FlushedIndex == store.LastIndex, "more is committed or flushed than is there");
            if (store.LastIndex < long.MaxValue - 2 && store.TermAt(store.LastIndex) is >= 0 and < long.MaxValue and var term)
            {
                store.Append(term, EntryKind.Ordinary, null, new byte[] { 1, 2, 3 });
                Wait(store.FlushedAsync(store.LastIndex));
                all.Add(new(store.LastIndex, term, EntryKind.Ordinary, null, new byte[] { 1, 2, 3 }));
            }
        }
        catch (LogDamagedException)
        {
            Require(!isSound, "drcm log verify finds it sound, opening refuses it");
            return;
        }

        using var again = EntryStore.Open(Options, files);
        var second = ReadAll(again);
        Require(second.Count == all.Count && second.Zip(all).All(p => p.First.Index == p.Second.Index && p.First.Term == p.Second.Term && p.First.Payload.Span.SequenceEqual(p.Second.Payload.Span)),
            "the second opening shows something else than the first");
    }

    /// <summary>Takes every file for whole.</summary>
    public override void FeedBroken(byte[] input)
    {
        var files = Unpack(input);
        foreach (var name in files.List("").Where(StoredSnapshot.IsFileName))
        {
            _ = files[name].AsSpan(0, StoredSnapshot.HeadBytes);
        }
    }

    private static List<StoredEntry> ReadAll(EntryStore store)
    {
        List<StoredEntry> all = [], batch = [];
        for (var next = store.FirstIndex; next <= store.LastIndex; next += batch.Count)
        {
            batch.Clear();
            Require(store.TryRead(next, store.LastIndex, 5, 400, batch) && batch.Count > 0 && batch[0].Index == next, $"entry {next} of {store.FirstIndex} to {store.LastIndex} cannot be read");
            all.AddRange(batch.Select(e => e with { Payload = e.Payload.ToArray() }));
        }

        return all;
    }

    private static byte[] Pack(MemoryFiles files)
    {
        using var packed = new MemoryStream();
        var names = files.List("").Where(n => n != LogDirectory.FormatFile).ToList();
        packed.WriteByte((byte)names.Count);
        var length = new byte[sizeof(int)];
        foreach (var name in names)
        {
            packed.WriteByte((byte)name.Length);
            packed.Write(Encoding.ASCII.GetBytes(name));
            BinaryPrimitives.WriteInt32LittleEndian(length, files[name].Length);
            packed.Write(length);
            packed.Write(files[name]);
        }

        return packed.ToArray();
    }

    /// <summary>Whatever the bytes: changed lengths make files shorter, longer, or shift their ends.</summary>
    private static MemoryFiles Unpack(byte[] packed)
    {
        var files = new MemoryFiles();
        var rest = packed.AsSpan(Math.Min(1, packed.Length));
        for (var count = packed.Length == 0 ? 0 : Math.Min((int)packed[0], 20); count > 0 && rest.Length > 0; count--)
        {
            var name = Encoding.ASCII.GetString(Take(ref rest, 1) is [var length] ? Take(ref rest, length) : []);
            var size = Take(ref rest, sizeof(int));
            files[name.Length == 0 ? "x" : name] = Take(ref rest, size.Length == sizeof(int) ? BinaryPrimitives.ReadInt32LittleEndian(size) & 0xFFFFFF : 0).ToArray();
        }

        files[LogDirectory.FormatFile] = Encoding.ASCII.GetBytes(LogDirectory.Format);
        return files;
    }

    private static Span<byte> Take(ref Span<byte> rest, int count)
    {
        var taken = rest[..Math.Min(count, rest.Length)];
        rest = rest[taken.Length..];
        return taken;
    }

#pragma warning disable VSTHRD002 // The store's own thread completes it.
    private static void Wait(Task task) => task.GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
}
