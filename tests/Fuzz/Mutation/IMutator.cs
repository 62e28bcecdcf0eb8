namespace Tessera.Fuzz.Mutation;

/// <summary>Changes files of one kind at one place.</summary>
internal interface IMutator
{
    /// <summary>Makes a changed copy.</summary>
    /// <param name="file">A file, perhaps changed before.</param>
    /// <param name="random">Decides; the same numbers make the same copy.</param>
    /// <returns>The copy and what is different in it, or null where the file is not of this kind any more.</returns>
    (byte[] File, string What)? Mutate(byte[] file, Random random);
}
