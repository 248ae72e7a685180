namespace Drcm.Consensus.Tests.Inspection;

/// <summary>What can happen to the files of a log.</summary>
internal static class Damage
{
    /// <summary>The format is the directory's, not the store's.</summary>
    private const string Format = "format";

    /// <returns>What was done.</returns>
    public static string Any(Random random, string directory, string otherDirectory)
    {
        var files = Directory.EnumerateFiles(directory).Where(f => Path.GetFileName(f) != Format).Order().ToArray();
        if (files.Length == 0)
        {
            return "nothing left";
        }

        var path = files[random.Next(files.Length)];
        var name = Path.GetFileName(path);
        var bytes = File.ReadAllBytes(path);
        switch (random.Next(9))
        {
            case 0 or 1 when bytes.Length > 0:
                var at = random.Next(bytes.Length);
                bytes[at] ^= (byte)(1 << random.Next(8));
                return Written(path, bytes, $"bit at {at} of {name}");
            case 2:
                var length = random.Next(bytes.Length + 1);
                return Written(path, bytes[..length], $"{name} cut to {length}");
            case 3:
                var zeros = new byte[random.Next(1, 700)];
                return Written(path, [.. bytes, .. zeros], $"{zeros.Length} zeros behind {name}");
            case 4:
                var garbage = new byte[random.Next(1, 700)];
                random.NextBytes(garbage);
                return Written(path, [.. bytes, .. garbage], $"{garbage.Length} bytes behind {name}");
            case 5 when bytes.Length > 0:
                var from = random.Next(bytes.Length);
                var count = Math.Min(bytes.Length - from, random.Next(1, 1500));
                Array.Clear(bytes, from, count);
                return Written(path, bytes, $"{count} zeros at {from} of {name}");
            case 6:
                File.Delete(path);
                return $"{name} removed";
            case 7 when File.Exists(Path.Combine(otherDirectory, name)):
                File.Copy(Path.Combine(otherDirectory, name), path, overwrite: true);
                return $"{name} of another member";
            case 8:
                var copy = Path.Combine(directory, random.Next(3) switch { 0 => "snapshot-00000000000000000050-1", 1 => "snapshot-x.tmp", _ => "00000000000000000200.log" });
                File.WriteAllBytes(copy, bytes);
                return $"{name} copied as {Path.GetFileName(copy)}";
            default:
                return "nothing";
        }
    }

    private static string Written(string path, byte[] bytes, string what)
    {
        File.WriteAllBytes(path, bytes);
        return what;
    }
}
