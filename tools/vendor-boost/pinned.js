/** The version of Boost that is vendored, and its headers. */

export const VERSION = '1.81.0-5+deb12u1';
export const PACKAGES = ['libboost1.81-dev', 'libboost1.81-tools-dev'];

/** SHA-256 of each package in the order of `PACKAGES`, by Debian architecture. */
export const CHECKSUMS = {
  amd64: [
    'bfe6d942c9fa4d68c8455e712a16fe3911f85d92959a0753cb22e5c13c2067de',
    '4a536bbee0e4a733bec2a9cef89bcbb8181a71c41eaa2d06570cc5b329dfa7f4',
  ],
  arm64: [
    '3e33f47db94df69091cbb3e63e4f51539512fc3cc7958597ab9b40dfd8de9a27',
    '7280683742431c46e280f555e8c3812a940b51b605e12269dd26e3d6984271c3',
  ],
};

/** Headers that the native core includes. bcp adds the headers that these need. */
export const HEADERS = [
  'boost/interprocess/exceptions.hpp',
  'boost/interprocess/file_mapping.hpp',
  'boost/interprocess/mapped_region.hpp',
  'boost/interprocess/permissions.hpp',
  'boost/interprocess/shared_memory_object.hpp',
  'boost/interprocess/sync/interprocess_condition.hpp',
  'boost/interprocess/sync/interprocess_mutex.hpp',
  'boost/interprocess/sync/scoped_lock.hpp',
];
