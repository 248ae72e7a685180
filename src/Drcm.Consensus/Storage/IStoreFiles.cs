namespace Drcm.Consensus.Storage;

/// <summary>The directory of the store.</summary>
internal interface IStoreFiles
{
    /// <summary>Opens for reading and writing; makes the file, with mode 0600, when it is not there.</summary>
    IStoreFile Open(string path);

    bool Exists(string path);

    void Delete(string path);

    /// <summary>rename(2): replaces what is there.</summary>
    void Rename(string from, string to);

    /// <summary>fsync(2) of the directory: names made, renamed or removed are on stable storage.</summary>
    void FlushDirectory(string directory);

    /// <summary>File names, sorted.</summary>
    IReadOnlyList<string> List(string directory);
}
