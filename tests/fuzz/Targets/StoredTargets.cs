using System.Buffers.Binary;
using Drcm.Consensus;
using Drcm.Consensus.Storage;
using Drcm.StateMachine;
using Record = Drcm.Consensus.Storage.Record;

namespace Drcm.Fuzz.Targets;

internal sealed class RecordTarget() : FuzzTarget("record")
{
    public override byte[] Sample(SplitMix64 random) => Bytes(Entry(random, random.Number(), random.Number()));

    public override byte[] Seal(byte[] input)
    {
        Sealing.Record(input, 0);
        return input;
    }

    public override void Feed(byte[] input)
    {
        if (Record.TryRead(input, out var entry))
        {
            Require(Record.TryRead(Bytes(entry), out var again), "what was read cannot be read again");
            Require(entry with { Payload = default } == again with { Payload = default } && entry.Payload.Span.SequenceEqual(again.Payload.Span), "what was read is written otherwise");
        }
    }

    /// <summary>Believes the length.</summary>
    public override void FeedBroken(byte[] input)
    {
        if (input.Length >= Record.HeadBytes)
        {
            _ = Record.Crc(input.AsSpan(8, Record.HeadBytes - 8 + BinaryPrimitives.ReadInt32LittleEndian(input)));
        }
    }

    public static StoredEntry Entry(SplitMix64 random, long index, long term) =>
        new(index, term, random.Chance(0.2) ? EntryKind.Configuration : EntryKind.Ordinary, random.Chance(0.2) ? random.Below(9) : null, random.Bytes(120));

    public static byte[] Bytes(in StoredEntry entry)
    {
        var bytes = new byte[Record.SizeOf(entry.Payload.Length)];
        Record.Write(bytes, entry);
        return bytes;
    }
}

internal sealed class SegmentTarget() : FuzzTarget("segment")
{
    public override byte[] Sample(SplitMix64 random) => Make(random, 1 + random.Below(50), random.Below(9), random.Below(8));

    public override byte[] Seal(byte[] input)
    {
        Sealing.Segment(input);
        return input;
    }

    public override void Feed(byte[] input)
    {
        var files = new MemoryFiles { ["s"] = input };
        List<(StoredEntry Entry, int Position)> read = [];
        var scan = SegmentScan.Read(files.Open("s"), (e, p) => read.Add((e with { Payload = e.Payload.ToArray() }, p)));
        Require(read.Select(r => r.Position).SequenceEqual(scan.Positions), "positions and entries disagree");
        for (var i = 0; i < read.Count; i++)
        {
            Require(read[i].Entry.Index == scan.FirstIndex + i && (i == 0 || read[i].Entry.Term >= read[i - 1].Entry.Term), "entries out of order");
            Require(Record.TryRead(input.AsMemory(read[i].Position), out var again) && again.Payload.Span.SequenceEqual(read[i].Entry.Payload.Span), "an entry is not where it is said to be");
        }
    }

    /// <summary>Goes on behind a record without looking whether there is more.</summary>
    public override void FeedBroken(byte[] input)
    {
        for (var at = Segment.HeadBytes; at < input.Length && Record.TryRead(input.AsMemory(at), out var entry);)
        {
            at += Record.SizeOf(entry.Payload.Length);
            _ = input.AsMemory(at, 4);
        }
    }

    public static byte[] Make(SplitMix64 random, long first, long term, int entries)
    {
        var files = new MemoryFiles { ["s"] = [] };
        Segment.Create(files.Open("s"), first, term);
        byte[] bytes = files["s"];
        for (var i = 0; i < entries; i++)
        {
            bytes = [.. bytes, .. RecordTarget.Bytes(RecordTarget.Entry(random, first + i, term))];
        }

        return [.. bytes, .. new byte[random.Below(3) * 100]];
    }
}

internal sealed class VoteFileTarget() : FuzzTarget("vote-file")
{
    public override byte[] Sample(SplitMix64 random)
    {
        var files = new MemoryFiles();
        new VoteFile(files.Open("v")).Save(random.Number(), random.Chance(0.3) ? null : random.Bytes(VoteFile.IdBytesMax));
        return files["v"];
    }

    public override byte[] Seal(byte[] input)
    {
        Sealing.SmallRecord(input);
        return input;
    }

    public override void Feed(byte[] input)
    {
        try
        {
            var files = new MemoryFiles { ["v"] = input };
            var vote = new VoteFile(files.Open("v"));
            var (term, votedFor) = (vote.Term, vote.VotedFor);
            vote.Save(term, votedFor);
            var again = new VoteFile(files.Open("v"));
            Require(again.Term == term && again.VotedFor.AsSpan().SequenceEqual(votedFor), "what was read is written otherwise");
        }
        catch (LogDamagedException)
        {
            // As documented.
        }
    }

    /// <summary>Believes the length of the name.</summary>
    public override void FeedBroken(byte[] input)
    {
        if (input.Length == SmallRecord.SectorBytes && input.AsSpan(0, 8).SequenceEqual("DRCMVOTE"u8))
        {
            _ = input.AsSpan(25, VoteFile.IdBytesMax)[..input[24]].ToArray();
        }
    }
}

internal sealed class MarkFileTarget() : FuzzTarget("mark-file")
{
    public override byte[] Sample(SplitMix64 random)
    {
        var files = new MemoryFiles();
        new MarkFile(files.Open("m")).Save(random.Number(), random.Number(), random.Number());
        return files["m"];
    }

    public override byte[] Seal(byte[] input)
    {
        Sealing.SmallRecord(input);
        return input;
    }

    public override void Feed(byte[] input)
    {
        try
        {
            var files = new MemoryFiles { ["m"] = input };
            var mark = new MarkFile(files.Open("m"));
            var (flushed, term, commit) = (mark.FlushedIndex, mark.FlushedTerm, mark.CommitIndex);
            mark.Save(flushed, term, commit);
            var again = new MarkFile(files.Open("m"));
            Require((again.FlushedIndex, again.FlushedTerm, again.CommitIndex) == (flushed, term, commit), "what was read is written otherwise");
        }
        catch (LogDamagedException)
        {
            // As documented.
        }
    }

    /// <summary>Believes that the file is whole.</summary>
    public override void FeedBroken(byte[] input)
    {
        if (input.AsSpan().StartsWith("DRCMMARK"u8))
        {
            _ = BinaryPrimitives.ReadInt64LittleEndian(input.AsSpan(32));
        }
    }
}

internal sealed class SnapshotTarget() : FuzzTarget("snapshot")
{
    public override byte[] Sample(SplitMix64 random) => new StoredSnapshot(1 + random.Number() / 2, random.Number(), random.Bytes(200)).ToBytes();

    public override byte[] Seal(byte[] input)
    {
        Sealing.Snapshot(input);
        return input;
    }

    public override void Feed(byte[] input)
    {
        if (StoredSnapshot.TryRead(input, out var snapshot))
        {
            Require(StoredSnapshot.TryRead(snapshot.ToBytes(), out var again), "what was read cannot be read again");
            Require((again.Index, again.Term) == (snapshot.Index, snapshot.Term) && again.State.Span.SequenceEqual(snapshot.State.Span), "what was read is written otherwise");
            Require(StoredSnapshot.IsFileName(snapshot.FileName), "its file would not be found again");
        }
    }

    /// <summary>Makes room for the state before it is known to be there.</summary>
    public override void FeedBroken(byte[] input)
    {
        if (input.Length >= StoredSnapshot.HeadBytes && input.AsSpan().StartsWith("DRCMSNAP"u8))
        {
            _ = new byte[BinaryPrimitives.ReadInt64LittleEndian(input.AsSpan(24))];
        }
    }
}
